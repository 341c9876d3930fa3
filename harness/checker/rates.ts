import type { Latency, Rates } from "../model/result.ts";
import type { Evidence } from "./evidence.ts";
import { outcomeOf } from "./outcomes.ts";
import { Places } from "./places.ts";

/** How often things came again, how much of that was absorbed, and how long events took. From the wires. */
export function ratesOf(evidence: Evidence): Rates {
  const { inputTopic } = evidence.header;
  const input = evidence.deliveries.filter(({ position }) => position.topic === inputTopic);
  const redeliveries = input.filter(({ attempt }) => attempt > 1).length;
  const again = eventsDeliveredAgain(evidence);
  const absorbed = again.filter((event) => outcomeOf(evidence, event) !== "duplicated").length;
  const calls = evidence.attempts.filter(({ moment }) => moment === "received");
  const called = new Set(calls.map(({ key, eventId }) => `${eventId} ${key}`)).size;
  return {
    deliveries: input.length,
    redeliveries,
    duplicateDeliveryRate: ratio(redeliveries, input.length),
    eventsDeliveredAgain: again.length,
    dedupHitRatio: again.length === 0 ? null : ratio(absorbed, again.length),
    apiCalls: calls.length,
    apiRetries: calls.length - called,
    latencyMs: latencies(evidence),
  };
}

function eventsDeliveredAgain(evidence: Evidence): Evidence["expected"] {
  const again = new Places(
    evidence.deliveries.flatMap(({ attempt, position }) =>
      attempt > 1 ? [[position, true] as const] : [],
    ),
  );
  return evidence.expected.filter(({ position }) => position !== null && again.has(position));
}

/** From the send of an event to the first COMMIT of its key that the server answered, by operation. */
function latencies(evidence: Evidence): Rates["latencyMs"] {
  const byOperation = new Map<string, number[]>();
  for (const { key, operation, sentAtMs, isPoison } of evidence.intents) {
    const at = evidence.wires.firstCommitOf(key)?.atMs;
    if (at === undefined || isPoison === true) continue;
    const seen = byOperation.get(operation) ?? [];
    seen.push(at - sentAtMs);
    byOperation.set(operation, seen);
  }
  return Object.fromEntries([...byOperation].map(([name, values]) => [name, latencyOf(values)]));
}

function latencyOf(values: readonly number[]): Latency {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (quantile: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
