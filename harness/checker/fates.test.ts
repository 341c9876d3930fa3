import { expect, test } from "vitest";
import type { CallEvent, EventBody, FaultMoment } from "../model/history.ts";
import type { HeldFrameFate } from "../model/run-header.ts";
import { judgeRun } from "./judge.ts";
import { stamped, validBodies } from "./testing/history.ts";

type Boundary = "http.payments.requested" | "http.payments.applied" | "kafka.fetch.applied";

const call = (moment: CallEvent["moment"], status: number | null = null): EventBody => ({
  stream: "call",
  callId: "call-9",
  api: "payments",
  instance: "consumer-1",
  idempotencyKey: "k",
  key: "pay-1",
  eventId: "evt-1",
  amount: 100,
  payloadHash: "h",
  replayed: false,
  moment,
  status,
});

const wire = (action: "held" | "dropped" | "released"): EventBody => ({
  stream: "wire",
  boundary: "kafka.fetch.applied",
  instance: "consumer-1",
  keys: ["pay-0", "pay-1"],
  action,
  tag: null,
});

const fault = (moment: FaultMoment, boundary: Boundary): EventBody => ({
  stream: "fault",
  faultId: "f",
  moment,
  instance: "consumer-1",
  frame:
    moment === "fired"
      ? { boundary, instance: "consumer-1", key: "pay-1", eventId: "evt-1", position: null }
      : null,
  detail: "d",
});

/** What is missing when an intercept fired between `before` and `after`. */
function missing(
  planned: { readonly boundary: Boundary; readonly heldFrame?: HeldFrameFate },
  before: readonly EventBody[],
  after: readonly EventBody[],
): readonly string[] {
  const faults = [{ id: "f", fault: "intercept", key: "pay-1", trigger: "t", ...planned }];
  const base = validBodies()
    .filter((body) => body.stream !== "fault" && !(body.stream === "call" && body.key === "pay-1"))
    .map((body) =>
      body.stream === "header"
        ? { ...body, faults, exercise: { eventsMin: 3, redelivery: "none" as const } }
        : body,
    );
  const rest = (["confirmed", "healed", "heal-verified"] as const).map((moment) =>
    fault(moment, planned.boundary),
  );
  const bodies = [...base, ...before, fault("fired", planned.boundary), ...after, ...rest];
  return judgeRun(stamped(bodies))[0]?.exercised.missing ?? ["nothing was judged"];
}

const requested = "http.payments.requested";
const applied = "http.payments.applied";
const fetched = "kafka.fetch.applied";
const received = [call("received")];

test.each<[Boundary, HeldFrameFate, EventBody[], EventBody[]]>([
  [requested, "drop", received, [call("abandoned")]],
  [applied, "drop", [...received, call("applied")], [call("abandoned")]],
  [requested, "apply-late", received, [call("abandoned"), call("applied")]],
  [requested, "apply-twice", received, [call("applied"), call("applied"), call("answered", 201)]],
  [requested, "answer-503", received, [call("answered", 503)]],
  [fetched, "release", [], [wire("held"), wire("released")]],
  [fetched, "drop", [], [wire("held"), wire("dropped")]],
])("at %s, %s is evidenced", (boundary, heldFrame, before, after) => {
  expect(missing({ boundary, heldFrame }, before, after)).toEqual([]);
});

test.each<[Boundary, HeldFrameFate, EventBody[], EventBody[], RegExp]>([
  [requested, "drop", received, [], /drop call-9: its caller never gave up/],
  [requested, "drop", received, [call("applied"), call("abandoned")], /was applied/],
  [requested, "drop", [], [call("abandoned")], /that nobody received/],
  [applied, "drop", [...received, call("applied")], [], /never gave up/],
  [
    applied,
    "drop",
    [...received, call("applied")],
    [call("answered", 201), call("abandoned")],
    /was answered/,
  ],
  [requested, "apply-late", received, [call("abandoned")], /it was not applied after its caller/],
  [
    requested,
    "apply-late",
    received,
    [call("applied"), call("abandoned")],
    /it was not applied after/,
  ],
  [requested, "apply-twice", received, [call("applied")], /was applied 1 times/],
  [requested, "answer-503", received, [call("answered", 500)], /was not answered 503/],
  [requested, "answer-503", received, [call("applied"), call("answered", 503)], /was applied/],
  [fetched, "release", [], [wire("held")], /the wire does not show it/],
  [fetched, "release", [wire("released")], [], /the wire does not show it/],
  [fetched, "drop", [], [wire("released")], /the wire does not show it/],
])("at %s, %s without its evidence is missing", (boundary, heldFrame, ...rest) => {
  const [before, after, reason] = rest;
  expect(missing({ boundary, heldFrame }, before, after).join()).toMatch(reason);
});

test("a history that does not say which fate was planned is judged as before", () => {
  expect(missing({ boundary: requested }, received, [])).toEqual([]);
});
