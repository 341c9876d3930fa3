import { expect, test } from "vitest";
import { captureNext } from "./capture-next.ts";
import type { CaptureAnswer, CaptureIntent, CaptureStore, PaymentsApi } from "./ports.ts";

function rig(options: { attempts: number; answer: CaptureAnswer; known?: string }) {
  const steps: string[] = [];
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
  };
  const api: PaymentsApi = {
    capture: async ({ idempotencyKey }) => {
      await note(`call ${idempotencyKey}`);
      return options.answer;
    },
    lookup: async () => {
      await note("lookup");
      return options.known ?? null;
    },
  };
  return { steps, run: () => captureNext(store, api) };
}

const unknown: CaptureAnswer = { kind: "unknown", reason: "timeout" };

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
  const { steps, run } = rig({ attempts: 2, answer: unknown, known: "cap_1" });
  await run();
  expect(steps).toEqual(["lookup", "captured cap_1"]);
});

test("attempts are bounded", async () => {
  const { steps, run } = rig({ attempts: 10, answer: unknown });
  await run();
  expect(steps.at(-1)).toBe("failed");
});
