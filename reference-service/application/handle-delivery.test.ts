import { expect, test } from "vitest";
import { ackBeforeCommit } from "../variants/ack-before-commit.ts";
import { noDedup } from "../variants/no-dedup.ts";
import { blindUpdateByZombie } from "../variants/blind-update-by-zombie.ts";
import { redeployDedupKeyChanged } from "../variants/redeploy-dedup-key-changed.ts";
import { swallowPoison } from "../variants/swallow-poison.ts";
import { handleDelivery } from "./handle-delivery.ts";
import { carefulPolicies } from "./policies.ts";
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
        markProcessed: (_, eventId) => {
          const isFirst = !seen.has(eventId);
          seen.add(eventId);
          return Promise.resolve(isFirst);
        },
        applyEffects: () => Promise.resolve(void steps.push("effects")),
        overwriteBalance: (_, balance) =>
          Promise.resolve(void steps.push(`overwrite with ${balance}`)),
        deadLetter: (_, reason) => Promise.resolve(void steps.push(`dead letter: ${reason}`)),
      });
      steps.push("commit");
    },
    balanceOf: () => Promise.resolve(100),
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

test("blind-update-by-zombie writes a balance for an event it knows", async () => {
  const { steps, handle } = rig(blindUpdateByZombie.apply(carefulPolicies));
  await handle(delivery);
  await handle(delivery);
  expect(steps).toContain("overwrite with 105");
});

test("redeploy-dedup-key-changed does not know what the last version handled", async () => {
  const policies = redeployDedupKeyChanged.apply(carefulPolicies);
  const keys: string[] = [];
  const transaction = {
    markProcessed: (_: unknown, key: string) => Promise.resolve(keys.push(key) > 0),
  };
  await policies.isFirstTime(
    transaction as never,
    { eventId: "evt-1", paymentId: "pay-1" } as never,
  );
  expect(keys).toEqual(["v2:pay-1"]);
});

test("swallow-poison leaves no dead letter", async () => {
  const { steps, handle } = rig(swallowPoison.apply(carefulPolicies));
  await handle({ ...delivery, value: "{" });
  expect(steps).toEqual(["commit", "offset"]);
});
