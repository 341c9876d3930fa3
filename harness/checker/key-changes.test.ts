import { expect, test } from "vitest";
import type { AskedRowEvent, CallEvent, EffectEvent, Row, Version } from "../model/history.ts";
import { KeyChanges } from "./key-changes.ts";

const TOPIC = "payments.requested";
const spawned = (instance: string, version: Version) =>
  ({
    stream: "process",
    instance,
    kind: "spawned",
    version,
    pid: 1,
    incarnation: 1,
    signal: null,
    code: null,
    planned: true,
  }) as const;
const delivered = (instance: string, key: string, topic = TOPIC) =>
  ({
    stream: "delivery",
    instance,
    key,
    attempt: 1,
    position: { topic, partition: 0, offset: 0 },
  }) as const;
const committing = (...keys: readonly string[]) =>
  ({
    stream: "wire",
    boundary: "postgres.commit.requested",
    instance: "consumer-1",
    keys,
    action: "passed",
    tag: null,
  }) as const;
const row = (version: Version, key: string, dedupKey: string): EffectEvent => ({
  stream: "effect",
  table: "seen",
  op: "insert",
  xid: "1",
  commitOrder: 1,
  instance: "consumer-1",
  before: null,
  after: { payment_id: key, event_id: dedupKey },
  version,
});
const asked = (version: Version, key: string, rest: Row): AskedRowEvent => ({
  stream: "asked-row",
  instance: "consumer-1",
  table: "seen",
  row: { payment_id: key, ...rest },
  version,
});
const call = (version: Version, key: string, idempotencyKey: string): CallEvent => ({
  stream: "call",
  callId: "c",
  api: "payments",
  moment: "received",
  instance: "consumer-1",
  idempotencyKey,
  key,
  eventId: null,
  amount: 1,
  payloadHash: "h",
  status: null,
  replayed: false,
  version,
});

/** Both versions handled pay-1 and pay-2; pay-3 only the first, and pay-4 was in a batch of both. */
function both(): KeyChanges {
  const keys = new KeyChanges({
    inputTopic: TOPIC,
    dedup: { table: "seen", key: "payment_id", columns: ["event_id"] },
  });
  keys.spawned(spawned("consumer-1", "current"));
  for (const key of ["pay-1", "pay-2", "pay-3", "pay-4"])
    keys.delivered(delivered("consumer-1", key));
  keys.wire(committing("pay-1", "pay-2", "pay-3"));
  keys.spawned(spawned("consumer-1", "next"));
  for (const key of ["pay-1", "pay-2", "pay-4"]) keys.delivered(delivered("consumer-1", key));
  // The next version's worker finishes pay-3, whose record it was not delivered.
  keys.wire(committing("pay-1", "pay-2", "pay-3", "pay-4"));
  keys.delivered(delivered("consumer-1", "pay-3", "another topic"));
  return keys;
}

const NONE = { same: 0, changed: 0, notCompared: 2 };

test("where the next version leaves no row of its own, nothing is compared, and that is said", () => {
  const keys = both();
  keys.dedupRow(row("current", "pay-1", "e-1"));
  keys.dedupRow(row("current", "pay-2", "e-2"));
  expect(keys.differences()).toEqual([]);
  expect(keys.comparisons()).toEqual([
    { what: "dedup key", ...NONE },
    { what: "idempotency key", same: 0, changed: 0, notCompared: 0 },
  ]);
});

test("the next version's key is what it asked for, though the row was there and none was inserted", () => {
  const keys = both();
  for (const key of ["pay-1", "pay-2"]) {
    keys.asked(asked("current", key, { event_id: "e-1" }));
    keys.dedupRow(row("current", key, "e-1 as the database writes it"));
  }
  keys.asked(asked("next", "pay-1", { event_id: "e-1" }));
  keys.asked(asked("next", "pay-2", { event_id: "v2:e-1" }));
  expect(keys.differences()).toEqual([
    { key: "pay-2", what: "dedup key", current: "e-1", next: "v2:e-1" },
  ]);
  expect(keys.comparisons()[0]).toEqual({
    what: "dedup key",
    same: 1,
    changed: 1,
    notCompared: 0,
  });
});

test("after a rollback, what the first process was delivered and left is not the last one's", () => {
  const keys = both();
  keys.spawned(spawned("consumer-1", "current"));
  // Its worker finishes pay-4, which only the next version's consumer had handled.
  keys.wire(committing("pay-4"));
  expect(keys.comparisons()[0]).toEqual({ what: "dedup key", ...NONE });
});

test("a key that was asked for in part is not compared", () => {
  const keys = both();
  keys.asked(asked("current", "pay-1", { event_id: "e-1" }));
  keys.asked(asked("next", "pay-1", {}));
  expect(keys.comparisons()[0]).toEqual({ what: "dedup key", ...NONE });
});

test("a key that changed is listed, one that did not is counted", () => {
  const keys = both();
  keys.dedupRow(row("current", "pay-1", "e-1"));
  keys.dedupRow(row("next", "pay-1", "v2:e-1"));
  keys.call(call("current", "pay-2", "k-2"));
  keys.call(call("next", "pay-2", "k-2"));
  expect(keys.differences()).toEqual([
    { key: "pay-1", what: "dedup key", current: "e-1", next: "v2:e-1" },
  ]);
  expect(keys.comparisons()).toEqual([
    { what: "dedup key", same: 0, changed: 1, notCompared: 1 },
    { what: "idempotency key", same: 1, changed: 0, notCompared: 0 },
  ]);
});

test("where nothing was redeployed there is nothing to compare", () => {
  const keys = new KeyChanges({ inputTopic: TOPIC, dedup: null });
  keys.delivered(delivered("consumer-1", "pay-1"));
  const zero = { same: 0, changed: 0, notCompared: 0 };
  expect(keys.comparisons()).toEqual([
    { what: "dedup key", ...zero },
    { what: "idempotency key", ...zero },
  ]);
});
