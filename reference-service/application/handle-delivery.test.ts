import { expect, test } from "vitest";
import { carefulPolicies } from "./policies.ts";
import { Refused } from "./refused.ts";
import { payments, settlements } from "./roles.ts";
import { deliveryOf, payment, rig } from "./testing.ts";

const delivery = deliveryOf(JSON.stringify(payment));
const mark = "mark payments/evt-1/payment";

test("the offset is committed after the transaction", async () => {
  const { steps, handle } = rig(carefulPolicies);
  expect(await handle(delivery)).toBe("applied");
  expect(steps).toEqual([mark, "post", "commit", "offset"]);
});

test("a redelivery commits its offset and has no second effect", async () => {
  const { steps, counted, handle } = rig(carefulPolicies);
  await handle(delivery);
  expect(await handle(delivery)).toBe("duplicate");
  expect(steps).toEqual([mark, "post", "commit", "offset", mark, "commit", "offset"]);
  expect(counted).toEqual([
    "delivered payments",
    "applied payment 0.25",
    "delivered payments",
    "duplicate payment 0.25",
  ]);
});

test("one event id with another content is a dead letter, not a repeat", async () => {
  const { steps, handle } = rig(carefulPolicies);
  await handle(delivery);
  const other = deliveryOf(JSON.stringify({ ...payment, amount: 6 }), "5");
  expect(await handle(other)).toBe("dead-letter");
  expect(steps).toContain("dead letter: its event id was used for another content");
});

test("two operations of one event are two pieces of work", async () => {
  const { steps, handle } = rig(carefulPolicies);
  await handle(delivery);
  await handle(deliveryOf(JSON.stringify({ ...payment, paymentId: "fee-1", operation: "fee" })));
  expect(steps.filter((step) => step === "post")).toHaveLength(2);
});

test("a failed transaction commits no offset and counts as a failure", async () => {
  const { steps, counted, handle } = rig(carefulPolicies, { fail: "commit" });
  await expect(handle(delivery)).rejects.toThrow("commit");
  expect(steps).not.toContain("offset");
  expect(counted).toEqual(["delivered payments", "failed payments"]);
});

test("what the database refuses for good is a dead letter, in a transaction of its own", async () => {
  const error = new Refused("account acc-1 is not in EUR");
  const { steps, counted, handle } = rig(carefulPolicies, { fail: "post", error });
  expect(await handle(delivery)).toBe("dead-letter");
  const letter = "dead letter: refused: account acc-1 is not in EUR";
  expect(steps).toEqual([mark, "post", letter, "commit", "offset"]);
  expect(counted).toContain("dead-letter payment 0.25");
});

test.each([
  ["not JSON", "{", "the value is not JSON"],
  ["an amount below zero", JSON.stringify({ ...payment, amount: -5 }), /^amount: /],
  ["a fraction of a cent", JSON.stringify({ ...payment, amount: 0.5 }), /^amount: /],
  ["a currency nobody books", JSON.stringify({ ...payment, currency: "JPY" }), /^currency: /],
  ["a NUL in an id", JSON.stringify({ ...payment, paymentId: "a\u0000b" }), /^paymentId: .*NUL/],
  ["an endless id", JSON.stringify({ ...payment, eventId: "e".repeat(201) }), /^eventId: /],
  ["an oversized value", `"${"x".repeat(70_000)}"`, /70002 characters/],
])("%s becomes a dead letter and its offset is committed", async (_, value, reason) => {
  const { steps, handle } = rig(carefulPolicies);
  expect(await handle(deliveryOf(value))).toBe("dead-letter");
  expect(steps.slice(-2)).toEqual(["commit", "offset"]);
  expect(steps[0]?.replace("dead letter: ", "")).toMatch(reason);
});

test("a malformed event that comes again is one dead letter, and counts as a repeat", async () => {
  const { counted, handle } = rig(carefulPolicies);
  await handle(deliveryOf("{"));
  expect(await handle(deliveryOf("{"))).toBe("duplicate");
  expect(counted.filter((line) => line.startsWith("dead-letter"))).toHaveLength(1);
});

test("the second consumer takes the event id from the header and has dedup rows of its own", async () => {
  const { steps, handle } = rig(carefulPolicies, { role: settlements });
  await handle(delivery);
  expect(steps).toEqual(["mark settlements/evt-1/payment", "settle", "commit", "offset"]);
});

test("a settled payment without an event id is a dead letter", async () => {
  const { steps, handle } = rig(carefulPolicies, { role: settlements });
  await handle({ ...delivery, headers: {} });
  expect(steps[0]).toMatch(/^dead letter: no event-id header/);
});

test("a batch is left when the partition may have another owner", async () => {
  const handled: string[] = [];
  let isCurrent = true;
  await carefulPolicies.workThrough(
    {
      deliveries: [delivery, deliveryOf("{}", "5")],
      isCurrent: () => isCurrent,
      commitOffset: () => Promise.resolve(),
      handle: ({ offset }) => {
        handled.push(offset);
        isCurrent = false;
        return Promise.resolve("applied");
      },
    },
    payments,
  );
  expect(handled).toEqual(["4"]);
});
