/** Run and scenario verdicts, worst first. */
export const VERDICTS = ["violated", "inconclusive", "pass"] as const;
export type Verdict = (typeof VERDICTS)[number];
/** A scenario that could not be judged at all, e.g. the subject never started. */
export type RunVerdict = Verdict | "environment" | "interrupted";

export const EXIT_CODES = {
  pass: 0,
  violated: 1,
  inconclusive: 2,
  environment: 3,
  usage: 4,
  internal: 5,
  interrupted: 130,
} as const;

/** Outcome of one business key over all its declared effects. */
export const OUTCOMES = [
  "once",
  "duplicated",
  "lost",
  "phantom",
  "torn",
  "recovered",
  "stalled",
  "indeterminate",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * The verdict of a whole from its parts: violated > interrupted > environment > inconclusive > pass.
 * A violation stands whatever else happened; nothing judged at all is inconclusive.
 */
export function worstVerdict(verdicts: readonly RunVerdict[]): RunVerdict {
  const order: readonly RunVerdict[] = [
    "violated",
    "interrupted",
    "environment",
    "inconclusive",
    "pass",
  ];
  return order.find((candidate) => verdicts.includes(candidate)) ?? "inconclusive";
}
