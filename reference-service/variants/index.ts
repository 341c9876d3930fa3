import { ackBeforeCommit } from "./ack-before-commit.ts";
import { blindUpdateByZombie } from "./blind-update-by-zombie.ts";
import { freshIdempotencyKeyPerAttempt } from "./fresh-idempotency-key-per-attempt.ts";
import { noDedup } from "./no-dedup.ts";
import { redeployDedupKeyChanged } from "./redeploy-dedup-key-changed.ts";
import { redeployIdempotencyKeyChanged } from "./redeploy-idempotency-key-changed.ts";
import { relayMarksBeforePublish } from "./relay-marks-before-publish.ts";
import { swallowPoison } from "./swallow-poison.ts";
import { timeoutTreatedAsFailure } from "./timeout-treated-as-failure.ts";
import type { Variant } from "./variant.ts";

/** Every known-broken twin of this service. */
export const variants: readonly Variant[] = [
  noDedup,
  ackBeforeCommit,
  blindUpdateByZombie,
  freshIdempotencyKeyPerAttempt,
  timeoutTreatedAsFailure,
  relayMarksBeforePublish,
  swallowPoison,
  redeployDedupKeyChanged,
  redeployIdempotencyKeyChanged,
];
