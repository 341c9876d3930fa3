import { expect, test } from "vitest";
import { idempotencyKeyOf, parsePayment, parseSettled } from "./payment.ts";

const payment = {
  eventId: "evt-1",
  paymentId: "pay-1",
  accountId: "acc-1",
  amount: 1200,
  currency: "EUR" as const,
  operation: "payment" as const,
};

test("a well-formed payment is read", () => {
  expect(parsePayment(JSON.stringify(payment))).toEqual({ kind: "payment", payment });
});

test.each([
  ["no value", null],
  ["not JSON", "{"],
  ["a negative amount", JSON.stringify({ ...payment, amount: -1 })],
  ["a fractional amount", JSON.stringify({ ...payment, amount: 1.5 })],
  ["an unknown operation", JSON.stringify({ ...payment, operation: "refund" })],
  ["a wrong currency", JSON.stringify({ ...payment, currency: "euro" })],
])("%s is malformed, with a reason", (_, value) => {
  expect(parsePayment(value)).toMatchObject({ kind: "malformed", reason: expect.any(String) });
});

test.each([
  ["an empty header", "", /^event-id header: /],
  ["a header with NUL", "evt\u0000", /^event-id header: .*NUL/],
  ["an endless header", "e".repeat(3_000), /^event-id header: .*200/],
])("%s makes a settled payment malformed", (_, header, reason) => {
  const parsed = parseSettled(JSON.stringify(payment), header);
  expect(parsed).toMatchObject({ kind: "malformed", reason: expect.stringMatching(reason) });
});

test("the idempotency key depends on the event and its operation alone", () => {
  expect(idempotencyKeyOf(payment)).toBe("capture:evt-1:payment");
});
