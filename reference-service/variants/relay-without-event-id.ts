import type { Variant } from "./variant.ts";

export const relayWithoutEventId: Variant = {
  id: "relay-without-event-id",
  breaks: "no-duplicate-publishes",
  mechanism:
    "The event id does not travel in a header. A record that is published twice cannot be told from two events.",
  apply: (policies) => ({
    ...policies,
    relay: (outbox, publish) =>
      policies.relay(outbox, (rows) => publish(rows, { withoutEventId: true })),
  }),
};
