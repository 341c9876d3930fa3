import type { ProtocolVariant } from "./variant.ts";

/** With its first record, the offset behind the last one of the batch is committed. */
export const commitsOffsetTooFar: ProtocolVariant = {
  id: "commits-offset-too-far",
  world: "consume",
  breaks: ["no-lost-effects", "offsets-never-ahead-of-effects"],
  change: { payments: ["mark", "post", "outbox", "commit", "offset", "offset-of-batch"] },
};
