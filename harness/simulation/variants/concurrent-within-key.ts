import type { ProtocolVariant } from "./variant.ts";

/** The records of a batch are handled side by side. */
export const concurrentWithinKey: ProtocolVariant = {
  id: "concurrent-within-key",
  world: "key-order",
  breaks: ["ordered-per-key"],
  change: {
    isSideBySide: true,
    payments: ["mark", "post", "outbox", "commit"],
    batch: ["offset-of-batch"],
  },
};
