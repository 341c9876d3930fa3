import { expect, test } from "vitest";
import type { EventBody, HistoryEvent } from "../model/history.ts";
import { judgeRun } from "./judge.ts";
import { validBodies } from "./testing/history.ts";

const member = { stream: "membership", memberId: "m", eviction: null } as const;
const assigned = (instance: string, partition = 0): EventBody => ({
  ...member,
  instance,
  kind: "assigned",
  partitions: [{ topic: "payments.requested", partition }],
});
const left: EventBody = { ...member, instance: "consumer-1", kind: "left" };

/** The killed instance's partition moves `waitedMs` after the fault. */
function judged(
  options: { readonly sessionTimeoutMs?: number; readonly eviction?: "harness-leave-group" },
  waitedMs: number,
  moves: readonly EventBody[],
) {
  const { eviction = "session-timeout", ...timeout } = options;
  const bodies = validBodies().flatMap((body): readonly EventBody[] => {
    if (body.stream === "header") return [{ ...body, eviction, ...timeout }];
    const isRedelivery = body.stream === "delivery" && body.attempt === 2;
    return isRedelivery ? [...moves, body] : [body];
  });
  const firedAt = bodies.findIndex((body) => body.stream === "fault");
  const events = bodies.map((body, seq): HistoryEvent => {
    const atMs = seq <= firedAt ? seq : firedAt + waitedMs;
    return { seq, atMs, scenario: "test", ...body };
  });
  return judgeRun(events)[0]?.exercised;
}

test("a partition that stood for the session timeout was left to it", () => {
  const exercised = judged({ sessionTimeoutMs: 900 }, 905, [assigned("consumer-2")]);
  expect(exercised?.missing).toEqual([]);
  expect(exercised?.sessionTimeouts).toEqual([
    { instance: "consumer-1", movedTo: "consumer-2", waitedMs: 905 },
  ]);
});

test("the broker's count begins at the last heartbeat, somewhat before the fault", () => {
  expect(judged({ sessionTimeoutMs: 900 }, 610, [assigned("consumer-2")])?.missing).toEqual([]);
});

test.each<[string, number, EventBody[], RegExp]>([
  [
    "moved at once",
    20,
    [assigned("consumer-2")],
    /^fault kill: .* another owner after 20 ms: its session of 900 ms cannot have timed out$/,
  ],
  ["never moved", 905, [], /was assigned to nobody else/],
  ["came back to its owner only", 905, [assigned("consumer-1")], /assigned to nobody else/],
  ["is not the one that moved", 905, [assigned("consumer-2", 3)], /assigned to nobody else/],
])("a partition that %s is missing", (_, waitedMs, moves, reason) => {
  const exercised = judged({ sessionTimeoutMs: 900 }, waitedMs, moves);
  expect(exercised?.missing).toEqual([expect.stringMatching(reason)]);
  expect(exercised?.sessionTimeouts).toBeUndefined();
});

test.each<[string, Parameters<typeof judged>[0], EventBody[]]>([
  ["a victim that left by itself", { sessionTimeoutMs: 900 }, [left, assigned("consumer-2")]],
  [
    "a harness that signs the victim off",
    { sessionTimeoutMs: 900, eviction: "harness-leave-group" },
    [assigned("consumer-2")],
  ],
  ["a history of an earlier version", {}, [assigned("consumer-2")]],
])("%s is not asked to wait", (_, options, moves) => {
  expect(judged(options, 20, moves)?.missing).toEqual([]);
});
