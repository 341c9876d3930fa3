import type { Variant } from "./variant.ts";

export const relayByLastId: Variant = {
  id: "relay-by-last-id",
  breaks: "outbox-fully-published",
  mechanism:
    "The relay asks for rows above the last id it has published. A row with a lower id that commits later is passed over for ever.",
  apply: (policies) => ({
    ...policies,
    relay: (outbox, publish) =>
      policies.relay({ ...outbox, withBatch: (work) => outbox.withBatchAfterLast(work) }, publish),
  }),
};
