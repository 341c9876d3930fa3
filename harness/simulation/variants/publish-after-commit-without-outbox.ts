import type { ProtocolVariant } from "./variant.ts";

/** The event is published after COMMIT, without an outbox row. */
export const publishAfterCommitWithoutOutbox: ProtocolVariant = {
  id: "publish-after-commit-without-outbox",
  world: "consume",
  breaks: ["no-torn-outcomes"],
  change: { payments: ["mark", "post", "commit", "publish", "offset"] },
};
