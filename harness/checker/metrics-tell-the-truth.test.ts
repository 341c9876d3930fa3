import { expect, test } from "vitest";
import type { EventBody } from "../model/history.ts";
import type { MetricsDeclaration } from "../model/run-header.ts";
import { evidenceOf } from "./intake.ts";
import { metricsTellTheTruth } from "./metrics-tell-the-truth.ts";
import { stamped, validBodies } from "./testing/history.ts";

const declared: MetricsDeclaration = {
  path: "/metrics",
  effects: [{ series: "effects_total", effect: "ledger" }],
  duplicates: { series: "duplicates_total" },
  calls: { series: "calls_total", api: "payments", unknown: { outcome: "unknown" } },
  deliveries: { series: "deliveries_total" },
  retries: { series: "retries_total" },
  deadLetters: { series: "dead_letters_total" },
  latency: { series: "latency_count", operation: "type" },
};

type Shown = Readonly<Record<string, number>>;

interface Circumstances {
  readonly isDrained?: boolean;
  readonly instance?: string;
  /** Operation under which latencies are shown. */
  readonly type?: string;
  /** Bodies that are added. */
  readonly more?: readonly EventBody[];
}

/** What consumer-1 would have to show in the valid history: it did all of the work. */
const truth: Shown = {
  effects_total: 3,
  duplicates_total: 0,
  calls_total: 3,
  deliveries_total: 3,
  retries_total: 0,
  dead_letters_total: 0,
  latency_count: 3,
};

/** What consumer-2 would: it was delivered the second payment again, and committed its offset. */
const truthOfSecond: Shown = {
  effects_total: 0,
  duplicates_total: 1,
  calls_total: 0,
  deliveries_total: 1,
  retries_total: 0,
  dead_letters_total: 0,
  latency_count: 0,
};

const redelivered: EventBody = {
  stream: "delivery",
  instance: "consumer-1",
  position: { topic: "payments.requested", partition: 0, offset: 0 },
  key: "pay-0",
  attempt: 2,
};

function judged(shown: Shown, circumstances: Circumstances = {}) {
  const { isDrained = true, instance = "consumer-1", type = "payment" } = circumstances;
  const labelsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    calls_total: { outcome: "captured" },
    latency_count: { type },
  };
  const bodies = validBodies().flatMap((body): EventBody[] => {
    if (body.stream === "header") return [{ ...body, metrics: declared }];
    if (body.stream === "metric") return [];
    if (body.stream === "assumption" && body.name === "drained" && !isDrained) return [];
    if (body.stream === "wire" && body.boundary === "postgres.commit.applied") {
      return [body, { ...body, boundary: "postgres.commit.acknowledged" }];
    }
    if (body.stream === "call" && body.moment === "applied") {
      return [body, { ...body, moment: "answered", status: 201 }];
    }
    return [body];
  });
  const metrics = Object.entries(shown).map(([name, value]): EventBody => ({
    stream: "metric",
    instance,
    name,
    labels: labelsOf[name] ?? {},
    value,
  }));
  const evidence = evidenceOf(stamped([...bodies, ...(circumstances.more ?? []), ...metrics]));
  if (evidence === null) throw new Error("no header");
  const outcome = metricsTellTheTruth.check(evidence);
  return outcome.kind === "checked" ? outcome.breaches.map(({ message }) => message) : outcome;
}

test("counters that agree with the evidence are no finding", () => {
  expect(judged(truth)).toEqual([]);
  expect(judged(truthOfSecond, { instance: "consumer-2" })).toEqual([]);
});

test.each<[string, Shown, RegExp]>([
  ["an effect too many", { effects_total: 4 }, /shown 4 effects in ledger_entries/],
  ["an effect too few", { effects_total: 2 }, /shown 2 effects in ledger_entries/],
  ["a repeat that never came", { duplicates_total: 1 }, /shown 1 duplicate deliveries/],
  ["a delivery that never came", { deliveries_total: 4 }, /shown 4 deliveries/],
  ["work without a delivery", { deliveries_total: 2 }, /shown 2 deliveries/],
  ["a retry of what came once", { retries_total: 1 }, /shown 1 handler retries/],
  ["a dead letter that is not there", { dead_letters_total: 1 }, /shown 1 dead letters/],
])("%s is a finding, and names what the dashboard shows", (_, change, message) => {
  expect(judged({ ...truth, ...change })).toEqual([expect.stringMatching(message)]);
});

const CALLS = /shown (\d) calls of payments/;
const ANSWERED = /shown (\d) answered calls of payments/;
const LATENCY = /shown (\d) end-to-end latencies \(/;

test.each<[string, Shown, Circumstances, readonly RegExp[]]>([
  ["a call that is not counted", { calls_total: 2 }, {}, [CALLS]],
  ["a call that never reached the API", { calls_total: 4 }, {}, [CALLS, ANSWERED]],
  ["a latency too few", { latency_count: 2 }, {}, [/latencies of payment/, LATENCY]],
  ["a latency too many", { latency_count: 4 }, {}, [/latencies of payment/, LATENCY]],
  ["a latency of another operation", {}, { type: "fee" }, [/shown 0 .*latencies of payment/]],
])("%s is told by each count that is wrong", (_, change, circumstances, messages) => {
  expect(judged({ ...truth, ...change }, circumstances)).toEqual(
    messages.map((message) => expect.stringMatching(message)),
  );
});

test("a repeat that was delivered and committed must be counted", () => {
  const second = (change: Shown, more: readonly EventBody[] = []) =>
    judged({ ...truthOfSecond, ...change }, { instance: "consumer-2", more });
  expect(second({ duplicates_total: 0 })).toEqual([
    expect.stringMatching(/shown 0 duplicate deliveries .* by consumer-2; the evidence has 1\./),
  ]);
  // A delivery that no offset was committed for may have been fetched and never looked at.
  const fetched = { ...redelivered, instance: "consumer-2" } as const;
  for (const found of [1, 2]) {
    const shown = { duplicates_total: found, deliveries_total: found };
    expect(second(shown, [fetched]), `${found}`).toEqual([]);
  }
});

test("a retry may be counted where a record came to the same instance again", () => {
  const shown = { ...truth, deliveries_total: 4, retries_total: 1 };
  expect(judged(shown, { more: [redelivered] })).toEqual([]);
  expect(judged({ ...shown, retries_total: 2 }, { more: [redelivered] })).toEqual([
    expect.stringMatching(/shown 2 handler retries .* has 0 to 1\./),
  ]);
});

test("a system that was still at work, or told nothing, is not judged", () => {
  expect(judged(truth, { isDrained: false })).toMatchObject({ kind: "unknown" });
  expect(judged({})).toMatchObject({ kind: "unknown" });
});
