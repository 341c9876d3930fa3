import { expect, test } from "vitest";
import { carefulPolicies } from "../application/policies.ts";
import type {
  Batch,
  CaptureIntent,
  CaptureMeans,
  Outbox,
  OutboxRow,
  Policies,
} from "../application/ports.ts";
import { payments, settlements } from "../application/roles.ts";
import { deliveryOf, payment, rig } from "../application/testing.ts";
import { variants } from "./index.ts";

const delivery = deliveryOf(JSON.stringify(payment));
const mark = "mark payments/evt-1/payment";

function policiesOf(id: string): Policies {
  const variant = variants.find((candidate) => candidate.id === id);
  if (variant === undefined) throw new Error(`no variant ${id}`);
  return variant.apply(carefulPolicies);
}

/** What a variant does with one delivery, or with the same one several times. */
async function stepsOf(id: string, times = 1): Promise<readonly string[]> {
  const { steps, handle } = rig(policiesOf(id));
  for (let time = 0; time < times; time += 1) await handle(delivery);
  return steps;
}

test("each variant has an id of its own, and says what it breaks and how, in a sentence or two", () => {
  expect(new Set(variants.map(({ id }) => id)).size).toBe(variants.length);
  for (const { breaks, mechanism } of variants) {
    expect(breaks).toMatch(/^[a-z-]+$/);
    expect(mechanism.split(". ").length).toBeLessThanOrEqual(2);
  }
});

test("README.md lists them as the modules describe them", async () => {
  const page = [
    "# Known-broken twins",
    "",
    "Generated: `npx vitest run --project unit reference-service -u` writes it again.",
    "",
    ...variants.flatMap(({ id, breaks, mechanism }) => [
      `- \`${id}\` breaks \`${breaks}\`. ${mechanism}`,
    ]),
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("README.md");
});

test.each([
  ["ack-before-commit", ["offset", mark, "post", "commit"]],
  ["dedup-committed-before-effect", [mark, "commit", "post", "commit", "offset"]],
  ["effect-committed-before-dedup", ["post", "commit", mark, "commit", "offset"]],
  ["dedup-key-without-operation", ["mark payments/evt-1/any", "post", "commit", "offset"]],
  ["dedup-key-without-consumer", ["mark any/evt-1/payment", "post", "commit", "offset"]],
  ["dedup-key-from-offset", ["mark payments/t/0/4/payment", "post", "commit", "offset"]],
  ["smoke-test-in-production", ["post without outbox", "commit", mark, "post", "commit", "offset"]],
  ["publish-before-commit", [mark, "post without outbox", "publish", "commit", "offset"]],
  [
    "publish-after-commit-without-outbox",
    [mark, "post without outbox", "commit", "publish", "offset"],
  ],
  ["call-before-commit", [mark, "call", "post", "commit", "offset"]],
  ["redeploy-dedup-key-changed", ["mark payments/v2:pay-1/payment", "post", "commit", "offset"]],
])("%s does it in this order, or under this key", async (id, steps) => {
  expect(await stepsOf(id)).toEqual(steps);
});

test("no-dedup applies a redelivery again", async () => {
  expect((await stepsOf("no-dedup", 2)).filter((step) => step === "post")).toHaveLength(2);
});

test("blind-update-by-zombie writes a balance for an event it knows", async () => {
  expect(await stepsOf("blind-update-by-zombie", 2)).toContain("overwrite with 105, version 8");
});

test("swallowed-error-then-commit goes on to COMMIT after a failed statement", async () => {
  const { steps, handle } = rig(policiesOf("swallowed-error-then-commit"), { fail: "post" });
  expect(await handle(delivery)).toBe("applied");
  expect(steps).toEqual([mark, "post", "commit", "offset"]);
});

test("swallow-poison leaves no dead letter, handler-type-error dies of it", async () => {
  const swallowed = rig(policiesOf("swallow-poison"));
  await swallowed.handle(deliveryOf("{"));
  expect(swallowed.steps).toEqual(["commit", "offset"]);
  const dying = rig(policiesOf("handler-type-error"));
  await expect(dying.handle(deliveryOf("{"))).rejects.toThrow(TypeError);
  expect(policiesOf("handler-type-error").endsWhenDead).toBe(false);
});

test("metrics-count-hits-as-effects counts a repeat as an effect", async () => {
  const { counted, handle } = rig(policiesOf("metrics-count-hits-as-effects"));
  await handle(delivery);
  await handle(delivery);
  expect(counted.filter((line) => line.startsWith("applied"))).toHaveLength(2);
});

test("check-then-insert takes what it does not see for the first time", async () => {
  const sighting = await policiesOf("check-then-insert").isFirstTime(
    {
      hasProcessed: () => Promise.resolve(false),
      markProcessed: () => Promise.resolve("seen"),
    } as never,
    { key: {}, payment } as never,
  );
  expect(sighting).toBe("first");
});

test("the batch variants leave records behind, or side by side", async () => {
  const worked = async (id: string): Promise<readonly string[]> => {
    const steps: string[] = [];
    const batch: Batch = {
      deliveries: ["4", "5", "6"].map((offset) => deliveryOf("{}", offset)),
      isCurrent: () => true,
      commitOffset: ({ offset }) => Promise.resolve(void steps.push(`commit ${offset}`)),
      handle: async ({ offset }) => {
        steps.push(`begin ${offset}`);
        await Promise.resolve();
        return offset === "4" ? "duplicate" : "applied";
      },
    };
    await policiesOf(id).workThrough(batch, payments);
    return steps;
  };
  expect(await worked("early-return-from-batch")).toEqual(["begin 4", "commit 6"]);
  expect((await worked("commits-offset-too-far")).slice(0, 2)).toEqual(["begin 4", "commit 6"]);
  expect(await worked("concurrent-within-key")).toEqual([
    "begin 4",
    "begin 5",
    "begin 6",
    "commit 6",
  ]);
});

test("the relay variants mark first, ask by id, or leave the event id out", async () => {
  const relayed = async (id: string): Promise<readonly string[]> => {
    const steps: string[] = [];
    const row: OutboxRow = { id: "1", eventId: "e", paymentId: "p", payload: "{}" };
    const asked =
      (name: string): Outbox["withBatch"] =>
      async (work) => {
        steps.push(name);
        const result = await work([row], () => Promise.resolve(void steps.push("mark")));
        steps.push("commit");
        return result;
      };
    await policiesOf(id).relay(
      {
        withBatch: asked("any"),
        withBatchAfterLast: asked("after last"),
        backlog: () => Promise.resolve(1),
        purgePublished: () => Promise.resolve(false),
      },
      (_, options) =>
        Promise.resolve(
          void steps.push(options?.withoutEventId === true ? "publish nameless" : "publish"),
        ),
    );
    return steps;
  };
  expect(await relayed("relay-marks-before-publish")).toEqual(["any", "mark", "commit", "publish"]);
  expect(await relayed("relay-by-last-id")).toEqual(["after last", "publish", "mark", "commit"]);
  expect(await relayed("relay-without-event-id")).toContain("publish nameless");
  expect(await relayed("relay-plain-producer")).toContain("publish nameless");
  expect(policiesOf("relay-plain-producer").producesIdempotently).toBe(false);
});

test("the capture variants change the key, or take silence for a failure", async () => {
  const intent = { eventId: "evt-1", idempotencyKey: "k", attempts: 2 } as CaptureIntent;
  expect(policiesOf("fresh-idempotency-key-per-attempt").idempotencyKey(intent)).toBe("k:2");
  expect(policiesOf("redeploy-idempotency-key-changed").idempotencyKey(intent)).toBe("v2:evt-1");
  const failed: string[] = [];
  const store = {
    failed: (_: CaptureIntent, reason: string) => Promise.resolve(void failed.push(reason)),
  };
  const means = { store, api: {}, attemptsMax: 100 } as unknown as CaptureMeans;
  await policiesOf("timeout-treated-as-failure").afterUnknown(intent, "timeout", means);
  expect(failed).toEqual(["timeout"]);
});

test("the rest: dedup rows that go at once, a pool nobody listens to", () => {
  expect(policiesOf("dedup-window-too-short").retentionMs(1_000)).toBe(0);
  expect(carefulPolicies.purgeClock()).toBeNull();
  expect(policiesOf("purge-by-own-clock").purgeClock()).toBeInstanceOf(Date);
  expect(policiesOf("no-pool-error-listener").listensToPool).toBe(false);
  expect(settlements.name).toBe("settlements");
});
