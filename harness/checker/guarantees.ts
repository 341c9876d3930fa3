import type { Checker } from "./check.ts";
import { everyInputAccounted } from "./every-input-accounted.ts";
import { idempotencyKeysStable } from "./idempotency-keys-stable.ts";
import { moneyConserved } from "./money-conserved.ts";
import { noDuplicateCalls } from "./no-duplicate-calls.ts";
import { noDuplicateEffects } from "./no-duplicate-effects.ts";
import { noLostEffects } from "./no-lost-effects.ts";
import { noPhantomEffects } from "./no-phantom-effects.ts";
import { noTornOutcomes } from "./no-torn-outcomes.ts";
import { offsetsNeverAheadOfEffects } from "./offsets-never-ahead-of-effects.ts";
import { outboxFullyPublished } from "./outbox-fully-published.ts";
import { noPhantomPublishes } from "./no-phantom-publishes.ts";
import { noDuplicatePublishes } from "./no-duplicate-publishes.ts";
import { orderedPerKey } from "./ordered-per-key.ts";
import { noStaleOverwrites } from "./no-stale-overwrites.ts";
import { noZombieEffects } from "./no-zombie-effects.ts";
import { dedupOutlivesRedelivery } from "./dedup-outlives-redelivery.ts";
import { metricsTellTheTruth } from "./metrics-tell-the-truth.ts";
import { recoversWithin } from "./recovers-within.ts";

/** Every checker; one file each. */
export const checkers: readonly Checker[] = [
  noLostEffects,
  noDuplicateEffects,
  noPhantomEffects,
  noTornOutcomes,
  noDuplicateCalls,
  idempotencyKeysStable,
  outboxFullyPublished,
  moneyConserved,
  offsetsNeverAheadOfEffects,
  everyInputAccounted,
  noPhantomPublishes,
  noDuplicatePublishes,
  orderedPerKey,
  noStaleOverwrites,
  noZombieEffects,
  dedupOutlivesRedelivery,
  metricsTellTheTruth,
  recoversWithin,
];
