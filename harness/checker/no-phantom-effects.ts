import { checked, type Checker } from "./check.ts";

/** Every effect has a cause: an event that was accepted. */
export const noPhantomEffects: Checker = {
  id: "no-phantom-effects",
  check: (evidence) =>
    checked(
      evidence.strangers.map(({ key, eventId, text, seq }) => ({
        key,
        seqs: [seq],
        message: `no-phantom-effects: ${text} names ${key ?? eventId ?? "no event"}, which was never accepted.`,
      })),
    ),
};
