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
  deadLetters: { series: "dead_letters_total" },
  latency: { series: "latency_count", operation: "type" },
};

type Shown = Readonly<Record<string, number>>;

/** What consumer-1 would have to show in the valid history: it did all of the work. */
const truth: Shown = {
  effects_total: 3,
  duplicates_total: 0,
  calls_total: 3,
  deliveries_total: 3,
  dead_letters_total: 0,
  latency_count: 3,
};

function judged(shown: Shown, { isDrained = true } = {}) {
  const labelsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    calls_total: { outcome: "captured" },
    latency_count: { type: "payment" },
  };
  const bodies = validBodies().flatMap((body): EventBody[] => {
    if (body.stream === "header") return [{ ...body, metrics: declared }];
    if (body.stream === "metric") return [];
    if (body.stream === "assumption" && body.name === "drained" && !isDrained) return [];
    if (body.stream === "wire" && body.boundary === "postgres.commit.applied") {
      return [body, { ...body, boundary: "postgres.commit.acknowledged" }];
    }
    if (body.stream === "call" && body.moment === "applied") {
      return [body, { ...body, moment: "answered" }];
    }
    return [body];
  });
  const metrics = Object.entries(shown).map(([name, value]): EventBody => ({
    stream: "metric",
    instance: "consumer-1",
    name,
    labels: labelsOf[name] ?? {},
    value,
  }));
  const evidence = evidenceOf(stamped([...bodies, ...metrics]));
  if (evidence === null) throw new Error("no header");
  const outcome = metricsTellTheTruth.check(evidence);
  return outcome.kind === "checked" ? outcome.breaches.map(({ message }) => message) : outcome;
}

test("counters that agree with the evidence are no finding", () => {
  expect(judged(truth)).toEqual([]);
});

test.each([
  ["an effect too many", { effects_total: 4 }, /shown 4 effects in ledger_entries/],
  ["an effect too few", { effects_total: 2 }, /shown 2 effects in ledger_entries/],
  ["a repeat that never came", { duplicates_total: 1 }, /shown 1 duplicate deliveries/],
  ["a call that is not counted", { calls_total: 2 }, /shown 2 calls of payments/],
  ["an answer that nobody gave", { calls_total: 4 }, /shown 4 answered calls of payments/],
  ["a delivery that never came", { deliveries_total: 4 }, /shown 4 deliveries/],
  ["work without a delivery", { deliveries_total: 2 }, /shown 2 deliveries/],
  ["a dead letter that is not there", { dead_letters_total: 1 }, /shown 1 dead letters/],
  ["a latency too few", { latency_count: 2 }, /shown 2 end-to-end latencies of payment/],
])("%s is a finding, and names what the dashboard shows", (_, change, message) => {
  expect(judged({ ...truth, ...change })).toEqual([expect.stringMatching(message)]);
});

test("a system that was still at work, or told nothing, is not judged", () => {
  expect(judged(truth, { isDrained: false })).toMatchObject({ kind: "unknown" });
  expect(judged({})).toMatchObject({ kind: "unknown" });
});
