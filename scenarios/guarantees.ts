import type { GuaranteeId } from "../harness/index.ts";

/** What every scenario of this catalogue is judged by. */
export const everyGuarantee: readonly GuaranteeId[] = [
  "no-lost-effects",
  "no-duplicate-effects",
  "no-phantom-effects",
  "no-torn-outcomes",
  "no-duplicate-calls",
  "outbox-fully-published",
  "money-conserved",
  "offsets-never-ahead-of-effects",
  "recovers-within",
];
