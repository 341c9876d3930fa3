import type { ProtocolVariant } from "./variant.ts";

/** The next version derives the dedup key differently. */
export const redeployDedupKeyChanged: ProtocolVariant = {
  id: "redeploy-dedup-key-changed",
  world: "consume",
  breaks: ["no-duplicate-effects", "no-zombie-effects"],
  isNextVersion: true,
  change: {
    dedupKey: ({ consumer, key, operation }) => ({ consumer, eventId: `v2:${key}`, operation }),
  },
};
