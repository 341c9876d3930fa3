import { expect, test } from "vitest";
import { planPayments } from "./payments.ts";
import { seededRandom } from "./random.ts";
import { recordOf } from "./send.ts";

const plan = (seed: number) => planPayments({ events: 50, accounts: 4 }, seededRandom(seed));

test("the same seed plans the same payments", () => {
  expect(plan(7)).toEqual(plan(7));
  expect(plan(7)).not.toEqual(plan(8));
});

test("keys and event ids are unique and amounts are positive integers", () => {
  const payments = plan(3);
  expect(new Set(payments.map((payment) => payment.key)).size).toBe(50);
  expect(new Set(payments.map((payment) => payment.eventId)).size).toBe(50);
  expect(payments.every((p) => Number.isSafeInteger(p.amount) && p.amount > 0)).toBe(true);
});

test("several accounts are used", () => {
  expect(new Set(plan(3).map((payment) => payment.account)).size).toBeGreaterThan(1);
});

test("what is wrong with a poisoned record is what its kind says, and only that", () => {
  const kinds = [
    "malformed",
    "oversized",
    "reused-id",
    "wrong-currency",
    "negative-amount",
  ] as const;
  const poison = [1, ...kinds.map((kind, index) => ({ at: index + 3, kind }))];
  const intents = planPayments({ events: 8, accounts: 2, poison }, seededRandom(1));
  expect(intents.flatMap(({ isPoison, index }) => (isPoison ? [index + 1] : []))).toEqual([
    1, 3, 4, 5, 6, 7,
  ]);
  const encode = (intent: (typeof intents)[number]) => {
    const { key, eventId, amount, currency } = intent;
    return { key, headers: {}, value: JSON.stringify({ eventId, amount, currency }) };
  };
  const values = intents.map((intent) => recordOf(intent, encode).value);
  expect(values[0]).toMatch(/^\{"poison":"evt-/);
  expect(values[2]).toMatch(/^\{"poison":"evt-/);
  expect(values[3]).toHaveLength(100_000);
  expect(JSON.parse(values[3] ?? "")).toMatchObject({ eventId: intents[3]?.eventId });
  expect(JSON.parse(values[4] ?? "")).toMatchObject({ eventId: intents[1]?.eventId });
  expect(intents[4]?.key).not.toBe(intents[1]?.key);
  expect(JSON.parse(values[5] ?? "")).toMatchObject({ currency: "USD" });
  expect(JSON.parse(values[6] ?? "")).toMatchObject({ amount: -(intents[6]?.amount ?? 0) });
  expect(JSON.parse(values[7] ?? "")).toMatchObject({ currency: "EUR" });
});
