import type { ProtocolVariant } from "./variant.ts";

/** A row with a lower id that commits later is passed over for ever. */
export const relayByLastId: ProtocolVariant = {
  id: "relay-by-last-id",
  world: "relay",
  breaks: ["outbox-fully-published"],
  change: { relayTakes: "above-last-published" },
};
