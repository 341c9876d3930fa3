import type { ProtocolVariant } from "./variant.ts";

/** A call without an answer is recorded as failed and never looked up again. */
export const timeoutTreatedAsFailure: ProtocolVariant = {
  id: "timeout-treated-as-failure",
  world: "capture",
  breaks: ["no-torn-outcomes"],
  change: { afterUnknownCall: "give-up" },
};
