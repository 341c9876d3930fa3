import { expect, test } from "vitest";
import type { EventBody, Position } from "../model/history.ts";
import { judgeRun } from "./judge.ts";
import { stamped, validBodies } from "./testing/history.ts";

const TOPIC = "payments.requested";
const position = (offset: number): Position => ({ topic: TOPIC, partition: 0, offset });
const assigned = (instance: string, partition = 0, memberId = `m-${instance}`): EventBody => ({
  stream: "membership",
  instance,
  kind: "assigned",
  memberId,
  eviction: null,
  partitions: [{ topic: TOPIC, partition }],
});
const delivered = (instance: string, offset = 1): EventBody => ({
  stream: "delivery",
  instance,
  position: position(offset),
  key: `pay-${offset}`,
  attempt: 1,
});
const committed = (errorCode: number, instance = "consumer-1"): EventBody => ({
  stream: "offset",
  kind: "commit",
  moment: "applied",
  instance,
  group: "g",
  topic: TOPIC,
  partition: 0,
  committed: 2,
  errorCode,
});
const called = (moment: "received" | "applied"): EventBody => ({
  stream: "call",
  callId: "call-9",
  api: "payments",
  moment,
  instance: "consumer-1",
  idempotencyKey: "k-1",
  key: "pay-1",
  eventId: "evt-1",
  amount: 100,
  payloadHash: "h",
  status: null,
  replayed: false,
});
const wire = (
  boundary: "kafka.produce.requested" | "postgres.commit.applied",
  instance = "consumer-1",
): EventBody => ({
  stream: "wire",
  boundary,
  instance,
  keys: ["pay-1"],
  action: "passed",
  tag: boundary === "postgres.commit.applied" ? "COMMIT" : null,
});
/** A second ledger row: pay-1 took effect twice. */
const again: EventBody = {
  stream: "effect",
  table: "ledger_entries",
  op: "insert",
  xid: "9",
  commitOrder: 9,
  instance: "consumer-1",
  before: null,
  after: { event_id: "evt-1", payment_id: "pay-1", account_id: "acc", amount: 100 },
};

/** A valid history, and then consumer-1 is delivered pay-1 and loses its partition. */
function judged(after: readonly EventBody[], options: { readonly zombie?: boolean } = {}) {
  const bodies = validBodies().map((body) =>
    body.stream === "header" ? { ...body, exercise: { ...body.exercise, ...options } } : body,
  );
  const lost = [assigned("consumer-1"), delivered("consumer-1"), assigned("consumer-2")];
  const [result] = judgeRun(stamped([...bodies, ...lost, ...after]));
  return {
    acts: result?.zombies?.map(({ instance, act, outcome }) => [instance, act, outcome].join(" ")),
    missing: result?.exercised.missing,
    verdict: result?.verdict,
    broken: result?.guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : [])),
  };
}

test.each<[string, EventBody[], string[] | undefined]>([
  ["a refused offset commit", [committed(25)], ["consumer-1 offset commit fenced"]],
  ["an accepted offset commit", [committed(0)], ["consumer-1 offset commit harmless"]],
  ["a call", [called("received")], ["consumer-1 call harmless"]],
  [
    "a call that was applied a second time",
    [called("received"), called("applied")],
    ["consumer-1 call harmful"],
  ],
  ["a publish", [wire("kafka.produce.requested")], ["consumer-1 publish harmless"]],
  ["a transaction", [wire("postgres.commit.applied")], ["consumer-1 transaction harmless"]],
  [
    "a transaction that had effects",
    [again, wire("postgres.commit.applied")],
    ["consumer-1 transaction harmful"],
  ],
  ["the owner's commit", [committed(0, "consumer-2")], undefined],
  [
    "the worker, once the handler's transaction is over",
    [wire("postgres.commit.applied"), called("received"), wire("kafka.produce.requested")],
    ["consumer-1 transaction harmless"],
  ],
  [
    "the worker, once the instance was assigned something else",
    [assigned("consumer-1", 1), called("received"), wire("postgres.commit.applied")],
    undefined,
  ],
  [
    "a handler that outlives the next assignment, and does harm",
    [assigned("consumer-1", 1), again, wire("postgres.commit.applied")],
    ["consumer-1 transaction harmful"],
  ],
  [
    "an instance that got its partition back",
    [assigned("consumer-1"), delivered("consumer-1"), wire("postgres.commit.applied")],
    undefined,
  ],
])("%s", (_, after, acts) => {
  expect(judged(after).acts).toEqual(acts);
});

test("an assignment of another group leaves in hand what was delivered", () => {
  const other: EventBody = {
    stream: "membership",
    instance: "consumer-1",
    kind: "assigned",
    memberId: "of-another-group",
    eviction: null,
    partitions: [{ topic: "settled", partition: 0 }],
  };
  expect(judged([other, called("received")]).acts).toEqual(["consumer-1 call harmless"]);
});

test("a harmful call or transaction breaks no-zombie-effects, behind any number of harmless acts", () => {
  const fenced = Array.from({ length: 60 }, () => committed(25));
  const harmful = [...fenced, called("received"), called("applied")];
  expect(judged(harmful).broken).toEqual(["no-duplicate-calls", "no-zombie-effects"]);
});

test("a promised zombie is one that commits an offset", () => {
  expect(judged([committed(25)], { zombie: true })).toMatchObject({ missing: [], verdict: "pass" });
});

test.each<[string, EventBody[]]>([
  ["does nothing", []],
  ["leaves it to its workers", [called("received")]],
  ["is not the victim", [assigned("consumer-1"), committed(25, "consumer-2")]],
  ["has its partition again", [assigned("consumer-1"), committed(0)]],
])("a promised zombie that %s is inconclusive", (_, after) => {
  expect(judged(after, { zombie: true })).toMatchObject({
    missing: [expect.stringMatching(/^no zombie: consumer-1 sent no offset commit/)],
    verdict: "inconclusive",
  });
});

test("a promised zombie of a fault that never fired: one reason, the first", () => {
  const bodies = validBodies()
    .filter(({ stream }) => stream !== "fault")
    .map((body) =>
      body.stream === "header" ? { ...body, exercise: { ...body.exercise, zombie: true } } : body,
    );
  const [result] = judgeRun(stamped(bodies));
  expect(result?.exercised.missing).toEqual([expect.stringMatching(/never fired/)]);
  expect(result?.verdict).toBe("inconclusive");
});
