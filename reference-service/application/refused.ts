/**
 * The work can never succeed, however often it is tried: a value that does not fit, a constraint it
 * breaks. Its record becomes a dead letter. Anything else that fails is tried again, without end.
 */
export class Refused extends Error {
  override name = "Refused";
}
