import { ackBeforeCommit } from "./ack-before-commit.ts";
import { blindUpdateByZombie } from "./blind-update-by-zombie.ts";
import { callBeforeCommit } from "./call-before-commit.ts";
import { checkThenInsert } from "./check-then-insert.ts";
import { commitsOffsetTooFar } from "./commits-offset-too-far.ts";
import { concurrentWithinKey } from "./concurrent-within-key.ts";
import { dedupCommittedBeforeEffect } from "./dedup-committed-before-effect.ts";
import { dedupKeyFromOffset } from "./dedup-key-from-offset.ts";
import { dedupKeyWithoutConsumer } from "./dedup-key-without-consumer.ts";
import { dedupKeyWithoutOperation } from "./dedup-key-without-operation.ts";
import { dedupWindowTooShort } from "./dedup-window-too-short.ts";
import { earlyReturnFromBatch } from "./early-return-from-batch.ts";
import { effectCommittedBeforeDedup } from "./effect-committed-before-dedup.ts";
import { freshIdempotencyKeyPerAttempt } from "./fresh-idempotency-key-per-attempt.ts";
import { handlerTypeError } from "./handler-type-error.ts";
import { metricsCountHitsAsEffects } from "./metrics-count-hits-as-effects.ts";
import { noDedup } from "./no-dedup.ts";
import { noPoolErrorListener } from "./no-pool-error-listener.ts";
import { publishAfterCommitWithoutOutbox } from "./publish-after-commit-without-outbox.ts";
import { publishBeforeCommit } from "./publish-before-commit.ts";
import { purgeByOwnClock } from "./purge-by-own-clock.ts";
import { redeployDedupKeyChanged } from "./redeploy-dedup-key-changed.ts";
import { redeployIdempotencyKeyChanged } from "./redeploy-idempotency-key-changed.ts";
import { relayByLastId } from "./relay-by-last-id.ts";
import { relayMarksBeforePublish } from "./relay-marks-before-publish.ts";
import { relayPlainProducer } from "./relay-plain-producer.ts";
import { relayWithoutEventId } from "./relay-without-event-id.ts";
import { smokeTestInProduction } from "./smoke-test-in-production.ts";
import { swallowPoison } from "./swallow-poison.ts";
import { swallowedErrorThenCommit } from "./swallowed-error-then-commit.ts";
import { timeoutTreatedAsFailure } from "./timeout-treated-as-failure.ts";
import type { Variant } from "./variant.ts";

/** Every known-broken twin of this service. */
export const variants: readonly Variant[] = [
  noDedup,
  ackBeforeCommit,
  dedupCommittedBeforeEffect,
  effectCommittedBeforeDedup,
  checkThenInsert,
  dedupKeyWithoutOperation,
  dedupKeyWithoutConsumer,
  dedupKeyFromOffset,
  publishBeforeCommit,
  publishAfterCommitWithoutOutbox,
  relayByLastId,
  relayMarksBeforePublish,
  relayWithoutEventId,
  relayPlainProducer,
  callBeforeCommit,
  freshIdempotencyKeyPerAttempt,
  timeoutTreatedAsFailure,
  swallowPoison,
  smokeTestInProduction,
  swallowedErrorThenCommit,
  earlyReturnFromBatch,
  commitsOffsetTooFar,
  concurrentWithinKey,
  dedupWindowTooShort,
  purgeByOwnClock,
  blindUpdateByZombie,
  handlerTypeError,
  noPoolErrorListener,
  metricsCountHitsAsEffects,
  redeployDedupKeyChanged,
  redeployIdempotencyKeyChanged,
];
