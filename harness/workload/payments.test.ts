import { expect, test } from "vitest";
import { planPayments } from "./payments.ts";
import { seededRandom } from "./random.ts";

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
