/** The part of a scenario run that charts show, in milliseconds of the run's clock. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}
