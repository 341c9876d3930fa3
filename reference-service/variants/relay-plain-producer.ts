import { relayWithoutEventId } from "./relay-without-event-id.ts";
import type { Variant } from "./variant.ts";

export const relayPlainProducer: Variant = {
  id: "relay-plain-producer",
  breaks: "no-duplicate-publishes",
  mechanism:
    "The producer is not idempotent, and no event id travels with its records. A batch whose answer was lost is stored a second time, and nobody can tell.",
  apply: (policies) => ({
    ...relayWithoutEventId.apply(policies),
    producesIdempotently: false,
  }),
};
