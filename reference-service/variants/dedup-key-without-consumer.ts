import type { Variant } from "./variant.ts";

export const dedupKeyWithoutConsumer: Variant = {
  id: "dedup-key-without-consumer",
  breaks: "no-torn-outcomes",
  mechanism:
    "The dedup key is (event id, operation), in a table that two consumers share. Whatever one has handled looks like a repeat to the other.",
  apply: (policies) => ({
    ...policies,
    dedupKey: (work) => ({ ...policies.dedupKey(work), consumer: "any" }),
  }),
};
