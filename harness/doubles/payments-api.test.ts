import { afterEach, expect, test } from "vitest";
import type { EventBody } from "../model/history.ts";
import type { HeldFrameFate } from "../model/run-header.ts";
import type { ApiMode } from "../model/scenario.ts";
import type { ApiDouble } from "../ports/api.ts";
import { startPaymentsApi } from "./payments-api.ts";

const open: ApiDouble[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

/** Fates after which no answer comes: the caller gives up then, at once unless it is patient. */
const SILENT: ReadonlySet<unknown> = new Set(["drop", "apply-late"]);

async function rig(
  mode: ApiMode,
  fates: Readonly<Record<string, HeldFrameFate>> = {},
  isPatient = false,
) {
  const events: EventBody[] = [];
  const callers = new Set<AbortController>();
  const giveUp = (): void => {
    for (const caller of callers) caller.abort();
  };
  const left = new Map(Object.entries(fates));
  const api = await startPaymentsApi({
    api: "payments",
    instances: ["consumer-1"],
    mode,
    recorder: { record: (event) => events.push(event) },
    attribution: {
      identify: (text) => (text.includes("pay-1") ? { key: "pay-1", eventId: "evt-1" } : null),
    },
    gate: {
      meet: ({ boundary }) => {
        const fate = left.get(boundary);
        left.delete(boundary); // each fires once
        if (SILENT.has(fate) && !isPatient) setImmediate(giveUp);
        return fate === undefined ? null : Promise.resolve(fate);
      },
    },
    versionOf: null,
  });
  open.push(api);
  const { host, port } = api.addressFor("consumer-1");
  const url = `http://${host}:${port}/v1/captures`;
  const capture = async (key: string, amount = 5): Promise<number | "no answer"> => {
    const caller = new AbortController();
    callers.add(caller);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "idempotency-key": key },
        body: JSON.stringify({ paymentId: "pay-1", amount }),
        signal: caller.signal,
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return "no answer";
    } finally {
      callers.delete(caller);
    }
  };
  const lookup = async (key: string): Promise<number> => {
    const response = await fetch(`${url}?idempotencyKey=${encodeURIComponent(key)}`);
    return ((await response.json()) as { captures: unknown[] }).captures.length;
  };
  const moments = (): string[] =>
    events.flatMap((event) =>
      event.stream === "call" ? [event.replayed ? `${event.moment} replayed` : event.moment] : [],
    );
  const applied = (): number => moments().filter((moment) => moment === "applied").length;
  return { api, capture, lookup, moments, applied, giveUp };
}

const REQUESTED = "http.payments.requested";
const APPLIED = "http.payments.applied";

test("a first request is received, applied and answered; its repetition is replayed", async () => {
  const { capture, moments, applied } = await rig("idempotent-replay");
  expect(await capture("k")).toBe(201);
  expect(moments()).toEqual(["received", "applied", "answered"]);
  expect(await capture("k")).toBe(201);
  expect(moments().slice(3)).toEqual(["received", "applied replayed", "answered replayed"]);
  expect(applied()).toBe(1);
});

test("without idempotency every request is applied", async () => {
  const { capture, applied } = await rig("no-idempotency");
  await capture("k");
  await capture("k");
  expect(applied()).toBe(2);
});

test("drop before apply: nothing is applied, nobody is answered, a lookup finds nothing", async () => {
  const { capture, lookup, moments, applied } = await rig("idempotent-replay", {
    [REQUESTED]: "drop",
  });
  expect(await capture("k")).toBe("no answer");
  await expect.poll(moments).toEqual(["received", "abandoned"]);
  expect(await lookup("k")).toBe(0);
  expect(await capture("k")).toBe(201);
  expect(applied()).toBe(1);
});

test("apply, then drop the answer: the capture is there for a lookup and a retry", async () => {
  const { capture, lookup, moments, applied } = await rig("idempotent-replay", {
    [APPLIED]: "drop",
  });
  expect(await capture("k")).toBe("no answer");
  await expect.poll(moments).toEqual(["received", "applied", "abandoned"]);
  expect(await lookup("k")).toBe(1);
  expect(await capture("k")).toBe(201);
  expect(applied()).toBe(1);
});

test("apply late: the lookup comes too early, the same key is safe, another is a second charge", async () => {
  const careful = await rig("idempotent-replay", { [REQUESTED]: "apply-late" });
  expect(await careful.capture("k")).toBe("no answer");
  await expect.poll(careful.moments).toContain("abandoned");
  expect(await careful.lookup("k")).toBe(0);
  expect(await careful.capture("k")).toBe(201);
  expect(careful.applied()).toBe(1);
  const naive = await rig("idempotent-replay", { [REQUESTED]: "apply-late" });
  expect(await naive.capture("k1")).toBe("no answer");
  await expect.poll(naive.moments).toContain("abandoned");
  expect(await naive.capture("k2")).toBe(201);
  expect(naive.applied()).toBe(2);
});

test("apply twice is the provider's own duplicate", async () => {
  const { capture, applied } = await rig("idempotent-replay", { [REQUESTED]: "apply-twice" });
  expect(await capture("k")).toBe(201);
  expect(applied()).toBe(2);
});

test.each<[ApiMode, number]>([
  ["idempotent-replay", 500],
  ["replay-2xx-only", 201],
])("a 500 without an effect: in mode %s the retry is answered %i", async (mode, retry) => {
  const { capture, applied } = await rig(mode, { [REQUESTED]: "answer-500" });
  expect(await capture("k")).toBe(500);
  expect(await capture("k")).toBe(retry);
  expect(applied()).toBe(retry === 201 ? 1 : 0);
});

test("conflict-in-flight answers 409 while the first request is being worked on", async () => {
  const { capture, moments, giveUp } = await rig("conflict-in-flight", { [APPLIED]: "drop" }, true);
  const first = capture("k");
  await expect.poll(moments).toContain("applied");
  expect(await capture("k")).toBe(409);
  giveUp();
  expect(await first).toBe("no answer");
  await expect.poll(moments).toContain("abandoned");
  expect(await capture("k")).toBe(201);
});

test("mismatch-422 refuses a known key with another payload", async () => {
  const { capture, applied } = await rig("mismatch-422");
  expect(await capture("k", 5)).toBe(201);
  expect(await capture("k", 6)).toBe(422);
  expect(await capture("k", 5)).toBe(201);
  expect(applied()).toBe(1);
});

test("key-expiry forgets a key once it was answered; a lookup still finds the capture", async () => {
  const { capture, lookup, applied } = await rig("key-expiry");
  await capture("k");
  await expect.poll(() => lookup("k")).toBe(1);
  await capture("k");
  expect(applied()).toBe(2);
});

test("lagging-lookup does not see a capture at the first look", async () => {
  const { capture, lookup } = await rig("lagging-lookup");
  await capture("k");
  expect(await lookup("k")).toBe(0);
  expect(await lookup("k")).toBe(1);
});

test("nothing is owed once callers have gone, and unknown paths are refused", async () => {
  const { api, capture } = await rig("idempotent-replay", { [REQUESTED]: "drop" });
  await capture("k");
  await expect.poll(() => api.owed()).toBe(0);
  const { host, port } = api.addressFor("consumer-1");
  expect((await fetch(`http://${host}:${port}/else`)).status).toBe(404);
  expect((await fetch(`http://${host}:${port}/v1/captures`, { method: "DELETE" })).status).toBe(
    405,
  );
});
