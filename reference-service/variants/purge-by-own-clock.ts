import type { Variant } from "./variant.ts";

export const purgeByOwnClock: Variant = {
  id: "purge-by-own-clock",
  breaks: "dedup-outlives-redelivery",
  mechanism:
    "Dedup rows are purged by the clock of the process, not by that of the database which wrote their times. One instance whose clock jumps ahead deletes them all.",
  apply: (policies) => ({
    ...policies,
    purgeClock: () => new Date(),
  }),
};
