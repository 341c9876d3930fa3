import { quantile } from "../numbers.ts";
import type { Payment } from "./payments.ts";
import type { ScenarioFacts } from "./scenario-facts.ts";
import type { Span } from "./span.ts";

/** Traffic and latency of one stretch of the run. */
export interface Stretch extends Span {
  readonly name: "before" | "during" | "after" | "whole run";
  readonly sent: number;
  readonly committed: number;
  readonly committedPerSecond: number;
  /** Of payments sent in this stretch; null of none. */
  readonly p50: number | null;
  readonly p95: number | null;
}

/** Before the first fault, until the last one was healed, and after; one stretch without a fault. */
export function stretchesOf({ faults, payments, span }: ScenarioFacts): readonly Stretch[] {
  if (span === null || payments.length === 0) return [];
  const first = payments[0]?.sentAtMs ?? span.startMs;
  const fired = faults.flatMap(({ firedAtMs }) => firedAtMs ?? []);
  if (fired.length === 0) {
    return [stretch("whole run", { startMs: first, endMs: span.endMs }, payments)];
  }
  const from = Math.min(...fired);
  const until = Math.min(span.endMs, Math.max(...faults.flatMap(({ endAtMs }) => endAtMs ?? [])));
  return [
    stretch("before", { startMs: Math.min(first, from), endMs: from }, payments),
    stretch("during", { startMs: from, endMs: until }, payments),
    stretch("after", { startMs: until, endMs: span.endMs }, payments),
  ].filter(({ startMs, endMs }) => endMs > startMs);
}

function stretch(name: Stretch["name"], span: Span, payments: readonly Payment[]): Stretch {
  const isIn = (ms: number): boolean => ms >= span.startMs && ms < span.endMs;
  const sent = payments.filter(({ sentAtMs }) => isIn(sentAtMs));
  const committed = payments.filter(
    ({ sentAtMs, latencyMs }) => latencyMs !== null && isIn(sentAtMs + latencyMs),
  ).length;
  const latencies = sent.flatMap(({ latencyMs }) => latencyMs ?? []);
  return {
    ...span,
    name,
    sent: sent.length,
    committed,
    committedPerSecond: (committed * 1000) / (span.endMs - span.startMs),
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
  };
}
