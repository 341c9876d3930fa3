import { expect, test } from "vitest";
import { relayMarksBeforePublish } from "../variants/relay-marks-before-publish.ts";
import { carefulPolicies } from "./policies.ts";
import type { Outbox, OutboxRow, Policies } from "./ports.ts";

const row: OutboxRow = { id: "1", eventId: "e", paymentId: "p", payload: "{}" };

async function stepsOf({ relay }: Policies, rows: readonly OutboxRow[]): Promise<string[]> {
  const steps: string[] = [];
  const outbox: Outbox = {
    withBatchAfterLast: () => Promise.reject(new Error("not asked for")),
    backlog: () => Promise.resolve(0),
    purgePublished: () => Promise.resolve(false),
    withBatch: async (work) => {
      const result = await work(rows, () => Promise.resolve(void steps.push("mark")));
      steps.push("commit");
      return result;
    },
  };
  const published = await relay(outbox, () => Promise.resolve(void steps.push("publish")));
  expect(published).toBe(rows.length);
  return steps;
}

test("rows are published, then marked, then committed", async () => {
  expect(await stepsOf(carefulPolicies, [row])).toEqual(["publish", "mark", "commit"]);
});

test("an empty outbox publishes nothing", async () => {
  expect(await stepsOf(carefulPolicies, [])).toEqual(["commit"]);
});

test("relay-marks-before-publish has committed the mark before it publishes", async () => {
  const policies = relayMarksBeforePublish.apply(carefulPolicies);
  expect(await stepsOf(policies, [row])).toEqual(["mark", "commit", "publish"]);
});
