import { checked, type Checker } from "./check.ts";

/** A dedup row is kept as long as its event can come again: none is deleted and then needed once more. */
export const dedupOutlivesRedelivery: Checker = {
  id: "dedup-outlives-redelivery",
  standsInPrefix: true,
  check: ({ changes }) =>
    checked(
      changes.revivals.map(({ key, dedupKey, seqs }) => ({
        key,
        message: `dedup-outlives-redelivery: the dedup row (${dedupKey}) of ${key} had been deleted when its event came again.`,
        seqs,
      })),
    ),
};
