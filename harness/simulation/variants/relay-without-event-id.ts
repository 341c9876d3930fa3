import type { ProtocolVariant } from "./variant.ts";

/** A record that is published twice cannot be told from two events. */
export const relayWithoutEventId: ProtocolVariant = {
  id: "relay-without-event-id",
  world: "publish",
  breaks: ["no-duplicate-publishes", "no-torn-outcomes"],
  change: { namesEvents: false },
};
