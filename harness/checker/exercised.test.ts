import { expect, test } from "vitest";
import type { BoundaryName } from "../model/boundary.ts";
import type { EventBody, FaultMoment } from "../model/history.ts";
import type { Redelivery } from "../model/run-header.ts";
import { judgeRun } from "./judge.ts";
import { stamped, validBodies } from "./testing/history.ts";

const place = { topic: "payments.requested", partition: 0, offset: 1 };

const produced = (action: "passed" | "held" | "released", key = "pay-1"): EventBody => ({
  stream: "wire",
  boundary: "kafka.produce.requested",
  instance: "consumer-2",
  keys: [key],
  action,
  tag: null,
});

const committed = (next: number, errorCode = 0, partition = 0): EventBody => ({
  stream: "offset",
  kind: "commit",
  moment: "applied",
  instance: "consumer-2",
  group: "g",
  topic: place.topic,
  partition,
  committed: next,
  errorCode,
});

const fault = (moment: FaultMoment, boundary: BoundaryName, faultId = "kill"): EventBody => ({
  stream: "fault",
  faultId,
  moment,
  instance: "consumer-1",
  frame:
    moment === "fired"
      ? { boundary, instance: "consumer-1", key: "pay-1", eventId: "evt-1", position: place }
      : null,
  detail: "d",
});

/** A valid history whose fault fires at its end, and what came after. */
function exercised(
  redelivery: Redelivery,
  boundary: BoundaryName,
  after: readonly EventBody[],
  { isArmed = true, ...over }: { readonly isArmed?: boolean; readonly since?: string } = {},
) {
  const base = validBodies()
    .filter((body) => body.stream !== "fault")
    .map((body) =>
      body.stream === "header"
        ? { ...body, exercise: { eventsMin: 3, redelivery, ...over } }
        : body,
    );
  const rest = (["confirmed", "healed", "heal-verified"] as const).map((m) => fault(m, boundary));
  const faults = isArmed ? [fault("fired", boundary), ...after, ...rest] : after;
  return judgeRun(stamped([...base, ...faults]))[0]?.exercised;
}

const deletion: EventBody = {
  stream: "effect",
  table: "processed_events",
  op: "delete",
  xid: "600",
  commitOrder: 0,
  instance: "consumer-1",
  before: { event_id: "evt-old", payment_id: "pay-old" },
  after: null,
};

/** What is missing of a valid history that promises a purge, with the deletion at this row of its trail. */
function missingOfPurge(at: "first" | "last" | "nowhere") {
  const bodies = validBodies().map((body): EventBody =>
    body.stream === "header"
      ? { ...body, exercise: { ...body.exercise, of: "kill", purged: true } }
      : body,
  );
  const isRow = (body: EventBody): boolean => body.stream === "effect";
  const place = at === "first" ? bodies.findIndex(isRow) : bodies.findLastIndex(isRow) + 1;
  if (at !== "nowhere") bodies.splice(place, 0, deletion);
  return judgeRun(stamped(bodies))[0]?.exercised.missing;
}

test.each([
  ["first", []],
  ["last", ["fault kill: no dedup row had been deleted when pay-1 was first handled"]],
  ["nowhere", ["fault kill: no dedup row had been deleted when pay-1 was first handled"]],
] as const)("a promised purge that came %s in the order of commits", (at, missing) => {
  expect(missingOfPurge(at)).toEqual(missing);
});

test.each([
  ["before", 0],
  ["after", 1],
  ["without", null],
] as const)("what comes again %s the fault it must follow", (_, place) => {
  const again = committed(2);
  const confirmed = fault("confirmed", commit, "purge");
  const after = place === null ? [again] : place === 0 ? [again, confirmed] : [confirmed, again];
  const missing = exercised("commit-again", commit, after, { since: "purge" })?.missing ?? [];
  const isMissed = missing.some((reason) => /was not sent again and accepted/.test(reason));
  expect(isMissed).toBe(place !== 1);
});

const answer = "kafka.produce.applied";
const request = "kafka.produce.requested";
const commit = "kafka.offset-commit.requested";

test.each<[Redelivery, BoundaryName, EventBody[], string[]]>([
  [
    "produce-again",
    answer,
    [produced("passed")],
    ["pay-1 sent to be published again by consumer-2"],
  ],
  [
    "produce-again",
    request,
    [produced("held"), produced("released"), produced("passed")],
    ["pay-1 sent to be published again by consumer-2"],
  ],
  [
    "commit-again",
    commit,
    [committed(2)],
    ["offset commit behind payments.requested[0]@1 by consumer-2"],
  ],
])("%s after %s is seen", (redelivery, boundary, after, again) => {
  const { missing, redelivered } = exercised(redelivery, boundary, after) ?? {};
  expect({ missing, redelivered }).toEqual({ missing: [], redelivered: again });
});

test.each<[string, Redelivery, BoundaryName, EventBody[]]>([
  ["no second request", "produce-again", answer, []],
  ["another payment's request", "produce-again", answer, [produced("passed", "pay-2")]],
  ["only the request it met", "produce-again", request, [produced("held"), produced("released")]],
  ["no commit", "commit-again", commit, []],
  ["a commit that was refused", "commit-again", commit, [committed(2, 25)]],
  ["a later commit that covers it", "commit-again", commit, [committed(3)]],
  ["a commit of another partition", "commit-again", commit, [committed(2, 0, 1)]],
])("%s is not %s", (_, redelivery, boundary, after) => {
  const { missing, redelivered } = exercised(redelivery, boundary, after) ?? {};
  expect(redelivered).toEqual([]);
  expect(missing).toEqual([expect.stringMatching(/^.* was not sent .*$/)]);
});

test.each<[Redelivery, EventBody]>([
  ["produce-again", produced("passed")],
  ["commit-again", committed(2)],
])("%s without the fault is not enough", (redelivery, event) => {
  const { missing } = exercised(redelivery, commit, [event], { isArmed: false }) ?? {};
  expect(missing).toEqual([expect.stringMatching(/^fault kill never fired/)]);
});
