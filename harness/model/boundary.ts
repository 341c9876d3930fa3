/** Boundaries that taps of this version announce. Moments: see DESIGN "Taps and boundaries". */
export const BOUNDARIES = [
  "postgres.commit.requested",
  "postgres.commit.applied",
  "postgres.commit.acknowledged",
  "kafka.offset-commit.requested",
  "kafka.offset-commit.applied",
  "kafka.offset-commit.acknowledged",
] as const;
export type BoundaryName = (typeof BOUNDARIES)[number];
