import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { UNREADABLE, type Metrics, type Place } from "../application/ports.ts";

/** The service's own numbers, for `/metrics`. Counters begin at zero with the process. */
export interface MetricsRegistry extends Metrics {
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is asked at each scrape. */
export interface Gauges {
  readonly outboxBacklog: () => Promise<number>;
  readonly unresolvedCaptures: () => Promise<number>;
}

export function createMetrics(gauges: Gauges): MetricsRegistry {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const delivered = counter("deliveries_total", "Records handed to a handler", ["consumer"]);
  const duplicates = counter(
    "duplicate_deliveries_total",
    "Records that had been handled before, as an effect or as a dead letter",
    ["consumer"],
  );
  const hits = counter("dedup_hits_total", "Records whose dedup row was there", ["consumer"]);
  const effects = counter("effects_total", "Records that took effect, committed", ["consumer"]);
  const deadLetters = counter("dead_letters_total", "Records kept as dead letters", ["consumer"]);
  const failures = counter("handler_failures_total", "Handlings that failed", ["consumer"]);
  const retries = counter(
    "handler_retries_total",
    "Records handed over again after this process had failed on them",
    ["consumer"],
  );
  const calls = counter("external_calls_total", "Calls of the payments API", ["outcome"]);
  const lookups = counter("external_lookups_total", "Lookups of a call's outcome", ["outcome"]);
  const latency = new Histogram({
    name: "end_to_end_latency_seconds",
    help: "From the event's own time to its COMMIT, by event type",
    labelNames: ["consumer", "type"],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  gaugeOf(registry, "outbox_lag_rows", "Outbox rows not published", gauges.outboxBacklog);
  gaugeOf(
    registry,
    "captures_unresolved",
    "Captures given up without knowing their outcome",
    gauges.unresolvedCaptures,
  );
  // The record of each partition that failed last: one at a time is worked on.
  const failed = new Map<string, string>();
  const partitionOf = (consumer: string, { topic, partition }: Place): string =>
    `${consumer} ${topic}/${partition}`;
  return {
    delivered: (consumer, place) => {
      delivered.inc({ consumer });
      const partition = partitionOf(consumer, place);
      if (failed.get(partition) !== place.offset) return;
      failed.delete(partition);
      retries.inc({ consumer });
    },
    handled: (consumer, type, handled, seconds) => {
      if (handled === "duplicate") {
        duplicates.inc({ consumer });
        if (type !== UNREADABLE) hits.inc({ consumer });
      } else if (handled === "dead-letter") deadLetters.inc({ consumer });
      else {
        effects.inc({ consumer });
        latency.observe({ consumer, type }, seconds);
      }
    },
    failed: (consumer, place) => {
      failures.inc({ consumer });
      failed.set(partitionOf(consumer, place), place.offset);
    },
    called: (outcome) => calls.inc({ outcome }),
    lookedUp: (outcome) => lookups.inc({ outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** A gauge that is left out of a scrape while its value cannot be read: the counters are still true. */
function gaugeOf(
  registry: Registry,
  name: string,
  help: string,
  read: () => Promise<number>,
): void {
  // The registry keeps it.
  void new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.remove();
      const value = await read().catch(() => null);
      if (value !== null) this.set(value);
    },
  });
}
