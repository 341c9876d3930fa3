import type { ProtocolVariant } from "./variant.ts";

/** Rows are marked as published, committed, and published afterwards. */
export const relayMarksBeforePublish: ProtocolVariant = {
  id: "relay-marks-before-publish",
  world: "publish",
  breaks: ["outbox-fully-published"],
  change: { relay: ["mark-published", "commit", "publish"] },
};
