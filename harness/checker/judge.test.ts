import { expect, test } from "vitest";
import type { EventBody } from "../model/history.ts";
import { GUARANTEES } from "../model/guarantee.ts";
import { checkers } from "./guarantees.ts";
import { judgeRun } from "./judge.ts";
import { stamped, validBodies } from "./testing/history.ts";

function judged(bodies: readonly EventBody[]) {
  const [result] = judgeRun(stamped(bodies));
  if (result === undefined) throw new Error("nothing was judged");
  const broken = result.guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : []));
  return { ...result, broken };
}

const without = (drop: (body: EventBody) => boolean): EventBody[] =>
  validBodies().filter((body) => !drop(body));
const changed = (change: (body: EventBody) => EventBody): EventBody[] => validBodies().map(change);
const again = (pick: (body: EventBody) => boolean): EventBody[] =>
  validBodies().flatMap((body) => (pick(body) ? [body, body] : [body]));

const isRow = (body: EventBody, table: string, index: number): boolean =>
  body.stream === "effect" && body.table === table && body.after?.["event_id"] === `evt-${index}`;
const isCall = (body: EventBody): boolean =>
  body.stream === "call" && body.moment === "applied" && body.key === "pay-2";

test("a valid history with a survived kill passes", () => {
  const result = judged(validBodies());
  expect(result.exercised.missing).toEqual([]);
  expect(result.verdict).toBe("pass");
  expect(result.outcomes).toMatchObject({ expected: 3, once: 3 });
  expect(result.exercised.redelivered).toEqual(["payments.requested[0]@1 to consumer-2"]);
});

test("where nothing but unreadable records was sent, one without a dead letter is a finding", () => {
  const result = judged(
    without(
      (b) => ["effect", "call"].includes(b.stream) || (b.stream === "log" && b.role === "output"),
    ).map((body) => (body.stream === "intent" ? { ...body, isPoison: true } : body)),
  );
  expect(result.broken).toEqual(["every-input-accounted"]);
});

test("a record that an incomplete observer did not see is not a finding", () => {
  const result = judged([
    ...without((b) => b.stream === "log" && b.role === "output" && b.eventId === "evt-2"),
    { stream: "assumption", name: "observer-complete", holds: false, detail: "one record missed" },
  ]);
  expect(result.broken).toEqual([]);
  expect(result.verdict).toBe("inconclusive");
});

test("rates come from the wires: one of four deliveries was a repeat, and was absorbed", () => {
  expect(judged(validBodies()).rates).toMatchObject({
    deliveries: 4,
    redeliveries: 1,
    duplicateDeliveryRate: 0.25,
    eventsDeliveredAgain: 1,
    dedupHitRatio: 1,
    apiCalls: 3,
    apiRetries: 0,
    latencyMs: { payment: { count: 3 } },
  });
});

test("every guarantee has a checker, and nothing is judged without a header", () => {
  expect(checkers).toHaveLength(GUARANTEES.length);
  expect(judgeRun([])).toEqual([]);
});

test.each<[string, EventBody[], string[]]>([
  [
    "a ledger row and its balance twice",
    [
      ...validBodies(),
      ...validBodies().filter((body) => isRow(body, "ledger_entries", 1)),
      {
        stream: "effect",
        table: "accounts",
        op: "update",
        xid: "9",
        commitOrder: 9,
        instance: "consumer-2",
        before: { account_id: "acc", balance: 300, version: 3 },
        after: { account_id: "acc", balance: 400, version: 4 },
      },
    ],
    ["no-duplicate-effects"],
  ],
  ["an applied call twice", again(isCall), ["no-duplicate-calls"]],
  [
    "a retry under another idempotency key",
    validBodies().flatMap((b) =>
      isCall(b) && b.stream === "call"
        ? [b, { ...b, moment: "received" as const, idempotencyKey: "other" }]
        : [b],
    ),
    ["idempotency-keys-stable"],
  ],
  ["a call that never came", without(isCall), ["no-torn-outcomes"]],
  [
    "an outbox row never published",
    without((b) => b.stream === "log" && b.role === "output" && b.eventId === "evt-2"),
    ["outbox-fully-published"],
  ],
  [
    "an effect nobody asked for",
    changed((b) =>
      isCall(b) && b.stream === "call" ? { ...b, key: "pay-9", eventId: "evt-9" } : b,
    ),
    ["no-phantom-effects", "no-torn-outcomes"],
  ],
  [
    "a balance that moved alone",
    changed((b) =>
      b.stream === "effect" && b.table === "accounts" && b.before?.["balance"] === 200
        ? { ...b, after: { account_id: "acc", balance: 301 } }
        : b,
    ),
    ["money-conserved"],
  ],
  [
    "an offset committed before its database commit",
    changed((b) =>
      b.stream === "wire" && b.keys.includes("pay-2") ? { ...b, tag: "ROLLBACK" } : b,
    ),
    ["offsets-never-ahead-of-effects"],
  ],
])("%s breaks exactly its guarantee", (_, bodies, expected) => {
  const result = judged(bodies);
  expect(result.broken).toEqual(expected);
  expect(result.verdict).toBe("violated");
});

test("an event without any effect is lost once drained, with its story", () => {
  const bodies = without(
    (b) =>
      isRow(b, "ledger_entries", 2) ||
      isRow(b, "outbox", 2) ||
      isCall(b) ||
      (b.stream === "log" && b.role === "output" && b.eventId === "evt-2") ||
      (b.stream === "effect" && b.table === "accounts" && b.before?.["balance"] === 200),
  );
  const result = judged(bodies);
  expect(result.broken).toEqual(["no-lost-effects"]);
  expect(result.outcomes.lost).toBe(1);
  const finding = result.guarantees.find(({ id }) => id === "no-lost-effects")?.findings[0];
  expect(finding?.key).toBe("pay-2");
  expect(finding?.witness.map(({ text }) => text).join()).toMatch(
    /stored at payments.requested\[0\]@2/,
  );
});

test.each<[string, EventBody[], RegExp]>([
  ["a fault that never fired", without((b) => b.stream === "fault"), /never fired/],
  [
    "no redelivery",
    without((b) => b.stream === "delivery" && b.attempt === 2),
    /was not delivered again/,
  ],
  [
    "an unconfirmed kill",
    without((b) => b.stream === "fault" && b.moment === "confirmed"),
    /was not confirmed/,
  ],
  [
    "an unhealed fault",
    without((b) => b.stream === "fault" && b.moment === "heal-verified"),
    /not verified as healed/,
  ],
  [
    "a frame that met no record in flight",
    without((b) => b.stream === "delivery" && b.attempt === 1),
    /did not meet a record in flight/,
  ],
])("%s is inconclusive, never a pass", (_, bodies, reason) => {
  const result = judged(bodies);
  expect(result.verdict).toBe("inconclusive");
  expect(result.exercised.missing.join("; ")).toMatch(reason);
});

test("what one fault must make happen again is not asked of another", () => {
  const promisedOf = (of: string) =>
    without((b) => b.stream === "delivery" && b.attempt === 2).map((b) =>
      b.stream === "header" ? { ...b, exercise: { ...b.exercise, of } } : b,
    );
  expect(judged(promisedOf("another")).exercised.missing).toEqual([]);
  const [header] = validBodies();
  const own = header?.stream === "header" ? (header.faults[0]?.id ?? "") : "";
  expect(judged(promisedOf(own)).exercised.missing.join()).toMatch(/was not delivered again/);
});

test("a redelivery promised without a fault that could bring it about is inconclusive", () => {
  const unarmed = without((b) => b.stream === "fault").map((b) =>
    b.stream === "header" ? { ...b, faults: [] } : b,
  );
  expect(judged(unarmed)).toMatchObject({
    verdict: "inconclusive",
    exercised: { missing: ['redelivery "in-flight-record" was promised, without a fault'] },
  });
});

test("a broken or missing assumption is inconclusive, and a violation still stands", () => {
  const broken = changed((b) =>
    b.stream === "assumption" && b.name === "no-bypass" ? { ...b, holds: false } : b,
  );
  expect(judged(broken).verdict).toBe("inconclusive");
  expect(judged(without((b) => b.stream === "assumption")).verdict).toBe("inconclusive");
  expect(judged([...broken, ...broken.filter(isCall)]).verdict).toBe("violated");
});

test("servers that an earlier fault may still hurt prove nothing", () => {
  const suspect: EventBody = {
    stream: "assumption",
    name: "stack-sound",
    holds: false,
    detail: "fault x of y failed before this",
  };
  const result = judged([...validBodies(), suspect]);
  expect(result.verdict).toBe("inconclusive");
  expect(result.assumptions.find(({ name }) => name === "stack-sound")?.holds).toBe(false);
});

test("an empty workload proves nothing", () => {
  const result = judged(without((b) => b.stream !== "header"));
  expect(result.verdict).toBe("inconclusive");
  expect(result.guarantees.every(({ violated }) => violated === null)).toBe(true);
});

test("an input stored twice is the producer's anomaly, not the consumer's", () => {
  const bodies = again((b) => b.stream === "log" && b.role === "input" && b.eventId === "evt-0");
  const result = judged(bodies);
  expect(result.broken).toEqual([]);
  expect(result.assumptions.find(({ name }) => name === "input-log-clean")?.holds).toBe(false);
});

test("an unanswered send that is on the log and took effect is recovered", () => {
  const bodies = changed((b) =>
    b.stream === "intent" && b.key === "pay-0" ? { ...b, position: "unknown" } : b,
  );
  expect(judged(bodies)).toMatchObject({ verdict: "pass", outcomes: { once: 2, recovered: 1 } });
});

test("a recovery slower than the limit breaks recovers-within", () => {
  const bodies = changed((b) =>
    b.stream === "header" ? { ...b, limits: { recoveryMsMax: 1 } } : b,
  );
  expect(judged(bodies).broken).toEqual(["recovers-within"]);
});
