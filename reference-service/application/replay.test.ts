import { expect, test } from "vitest";
import { carefulPolicies } from "./policies.ts";
import { replayDelivery } from "./replay.ts";
import { payments } from "./roles.ts";
import { deliveryOf, payment, rig } from "./testing.ts";
import { callBeforeCommit } from "../variants/call-before-commit.ts";
import { publishBeforeCommit } from "../variants/publish-before-commit.ts";

const delivery = deliveryOf(JSON.stringify(payment));

function replayRig(isApplied: boolean, policies = carefulPolicies) {
  const { steps, store } = rig(carefulPolicies);
  const means = { role: payments, policies, store, isApplied, nowMs: () => 0 };
  return { steps, replay: (what = delivery) => replayDelivery(what, means) };
}

test("a dry run does the work and commits nothing", async () => {
  const { steps, replay } = replayRig(false);
  expect(await replay()).toEqual({ handled: "applied", remarks: [] });
  expect(steps).toEqual(["mark payments/evt-1/payment", "post"]);
});

test("with --apply the transaction commits, and the offset still does not", async () => {
  const { steps, replay } = replayRig(true);
  await replay();
  expect(steps).toEqual(["mark payments/evt-1/payment", "post", "commit"]);
  expect(await replay()).toEqual({ handled: "duplicate", remarks: [] });
});

test("what cannot be read would be a dead letter", async () => {
  const { steps, replay } = replayRig(false);
  expect((await replay(deliveryOf("{"))).handled).toBe("dead-letter");
  expect(steps).not.toContain("commit");
});

test.each([
  ["publishing", publishBeforeCommit, "publishing evt-1 suppressed by the replay"],
  ["calling", callBeforeCommit, /^call capture:.* suppressed by the replay$/],
])("%s is suppressed even where the handler itself does it", async (_, variant, remark) => {
  const { steps, replay } = replayRig(true, variant.apply(carefulPolicies));
  const { remarks } = await replay();
  expect(remarks[0]).toMatch(remark);
  expect(steps).not.toContain("publish");
  expect(steps).not.toContain("call");
});
