import { expect, test } from "vitest";
import { ackBeforeCommit } from "../variants/ack-before-commit.ts";
import { noDedup } from "../variants/no-dedup.ts";
import { carefulPolicies, handleDelivery } from "./handle-delivery.ts";
import type { Delivery, PaymentStore, Policies } from "./ports.ts";

const value = JSON.stringify({
  eventId: "evt-1",
  paymentId: "pay-1",
  accountId: "acc-1",
  amount: 5,
  currency: "EUR",
  operation: "payment",
});
const delivery: Delivery = { topic: "t", partition: 0, offset: "4", value };

function rig(policies: Policies) {
  const seen = new Set<string>();
  const steps: string[] = [];
  const store: PaymentStore = {
    inTransaction: async (work) => {
      await work({
        markProcessed: (payment) => {
          const isFirst = !seen.has(payment.eventId);
          seen.add(payment.eventId);
          return Promise.resolve(isFirst);
        },
        applyEffects: () => Promise.resolve(void steps.push("effects")),
        deadLetter: (_, reason) => Promise.resolve(void steps.push(`dead letter: ${reason}`)),
      });
      steps.push("commit");
    },
  };
  const commitOffset = () => Promise.resolve(void steps.push("offset"));
  return { steps, handle: (d: Delivery) => handleDelivery(d, { store, commitOffset, policies }) };
}

test("the offset is committed after the transaction", async () => {
  const { steps, handle } = rig(carefulPolicies);
  await handle(delivery);
  expect(steps).toEqual(["effects", "commit", "offset"]);
});

test("a redelivery commits its offset and has no second effect", async () => {
  const { steps, handle } = rig(carefulPolicies);
  await handle(delivery);
  await handle(delivery);
  expect(steps).toEqual(["effects", "commit", "offset", "commit", "offset"]);
});

test("a malformed event becomes a dead letter and its offset is committed", async () => {
  const { steps, handle } = rig(carefulPolicies);
  await handle({ ...delivery, value: "{" });
  expect(steps).toEqual(["dead letter: the value is not JSON", "commit", "offset"]);
});

test("no-dedup applies a redelivery again", async () => {
  const { steps, handle } = rig(noDedup.apply(carefulPolicies));
  await handle(delivery);
  await handle(delivery);
  expect(steps.filter((step) => step === "effects")).toHaveLength(2);
});

test("ack-before-commit commits the offset first", async () => {
  const { steps, handle } = rig(ackBeforeCommit.apply(carefulPolicies));
  await handle(delivery);
  expect(steps).toEqual(["offset", "effects", "commit"]);
});
