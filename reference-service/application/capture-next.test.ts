import { expect, test } from "vitest";
import { captureNext } from "./capture-next.ts";
import { freshIdempotencyKeyPerAttempt } from "../variants/fresh-idempotency-key-per-attempt.ts";
import { timeoutTreatedAsFailure } from "../variants/timeout-treated-as-failure.ts";
import { carefulPolicies } from "./policies.ts";
import type {
  CaptureAnswer,
  CaptureIntent,
  CaptureStore,
  LookupAnswer,
  PaymentsApi,
} from "./ports.ts";

function rig(
  options: { attempts: number; answer: CaptureAnswer; known?: readonly LookupAnswer[] },
  policies = carefulPolicies,
) {
  const steps: string[] = [];
  const known = [...(options.known ?? [])];
  const intent: CaptureIntent = {
    id: "1",
    paymentId: "pay-1",
    eventId: "evt-1",
    accountId: "acc-1",
    amount: 5,
    currency: "EUR",
    idempotencyKey: "capture:evt-1",
    attempts: options.attempts,
  };
  const note = (text: string) => Promise.resolve(void steps.push(text));
  const store: CaptureStore = {
    lease: () => Promise.resolve(intent),
    captured: (_, id) => note(`captured ${id}`),
    retryLater: (_, delayMs) => note(`retry in ${delayMs}`),
    failed: () => note("failed"),
    unresolved: (_, reason) => note(`unresolved: ${reason}`),
    unresolvedCount: () => Promise.resolve(0),
  };
  const api: PaymentsApi = {
    capture: async ({ idempotencyKey }) => {
      await note(`call ${idempotencyKey}`);
      return options.answer;
    },
    lookup: async () => {
      await note("lookup");
      return known.shift() ?? { kind: "absent" };
    },
  };
  return { steps, run: () => captureNext({ store, api, attemptsMax: 10 }, policies) };
}

const unknown = { kind: "unknown", reason: "timeout" } as const;
const capture = { kind: "captured", providerId: "cap_1" } as const;

test("a first attempt calls without a lookup", async () => {
  const { steps, run } = rig({ attempts: 1, answer: { kind: "captured", providerId: "cap_1" } });
  await run();
  expect(steps).toEqual(["call capture:evt-1", "captured cap_1"]);
});

test("an unknown outcome is retried later, not taken for a failure", async () => {
  const { steps, run } = rig({ attempts: 1, answer: unknown });
  await run();
  expect(steps).toEqual(["call capture:evt-1", "retry in 50"]);
});

test("a retry that finds the capture by lookup does not call again", async () => {
  const { steps, run } = rig({ attempts: 2, answer: unknown, known: [capture] });
  await run();
  expect(steps).toEqual(["lookup", "captured cap_1"]);
});

test("a lookup that fails says nothing: nothing is called", async () => {
  const { steps, run } = rig({ attempts: 2, answer: capture, known: [unknown] });
  await run();
  expect(steps).toEqual(["lookup", "retry in 100"]);
});

test("attempts are bounded, and end as unresolved, not as failed", async () => {
  const { steps, run } = rig({ attempts: 10, answer: unknown });
  await run();
  expect(steps.slice(-2)).toEqual(["lookup", "unresolved: unknown after 10 attempts: timeout"]);
});

test("what the last attempt did is found by a last lookup", async () => {
  const { steps, run } = rig({
    attempts: 10,
    answer: unknown,
    known: [{ kind: "absent" }, capture],
  });
  await run();
  expect(steps.at(-1)).toBe("captured cap_1");
});

test("a refusal is final", async () => {
  const { steps, run } = rig({ attempts: 1, answer: { kind: "rejected", reason: "HTTP 402" } });
  await run();
  expect(steps.at(-1)).toBe("failed");
});

test("fresh-idempotency-key-per-attempt looks up and calls under a key nobody knows", async () => {
  const policies = freshIdempotencyKeyPerAttempt.apply(carefulPolicies);
  const { steps, run } = rig({ attempts: 2, answer: unknown }, policies);
  await run();
  expect(steps).toEqual(["lookup", "call capture:evt-1:2", "retry in 100"]);
});

test("timeout-treated-as-failure gives up after the first unknown outcome", async () => {
  const policies = timeoutTreatedAsFailure.apply(carefulPolicies);
  const { steps, run } = rig({ attempts: 1, answer: unknown }, policies);
  await run();
  expect(steps.at(-1)).toBe("failed");
});
