import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Metrics } from "../application/ports.ts";

/** The service's own numbers, for `/metrics`. Counters begin at zero with the process. */
export interface MetricsRegistry extends Metrics {
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** `backlog` is asked at each scrape. */
export function createMetrics(backlog: () => Promise<number>): MetricsRegistry {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const delivered = counter("deliveries_total", "Records handed to a handler", ["consumer"]);
  const duplicates = counter(
    "duplicate_deliveries_total",
    "Records that had been handled before: hits of the dedup row",
    ["consumer"],
  );
  const effects = counter("effects_total", "Records that took effect, committed", ["consumer"]);
  const deadLetters = counter("dead_letters_total", "Records kept as dead letters", ["consumer"]);
  const retries = counter("handler_retries_total", "Handlings that failed", ["consumer"]);
  const calls = counter("external_calls_total", "Calls of the payments API", ["outcome"]);
  const latency = new Histogram({
    name: "end_to_end_latency_seconds",
    help: "From the event's own time to its COMMIT, by event type",
    labelNames: ["consumer", "type"],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  // The registry keeps it.
  void new Gauge({
    name: "outbox_lag_rows",
    help: "Outbox rows that are not published",
    registers,
    async collect() {
      this.set(await backlog());
    },
  });
  return {
    delivered: (consumer) => delivered.inc({ consumer }),
    handled: (consumer, type, handled, seconds) => {
      if (handled === "duplicate") duplicates.inc({ consumer });
      else if (handled === "dead-letter") deadLetters.inc({ consumer });
      else {
        effects.inc({ consumer });
        latency.observe({ consumer, type }, seconds);
      }
    },
    retried: (consumer) => retries.inc({ consumer }),
    called: (outcome) => calls.inc({ outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
