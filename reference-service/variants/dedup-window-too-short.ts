import type { Variant } from "./variant.ts";

export const dedupWindowTooShort: Variant = {
  id: "dedup-window-too-short",
  breaks: "dedup-outlives-redelivery",
  mechanism:
    "Dedup rows are purged long before the last redelivery can come. A group that reads its topic again posts everything again.",
  apply: (policies) => ({
    ...policies,
    retentionMs: () => 0,
  }),
};
