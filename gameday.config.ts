/**
 * How the reference service is attached to gameday: the same public configuration any service
 * writes. See README "Your own service".
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "./harness/index.ts";
import { caught } from "./scenarios/caught.ts";

const isCompiled = import.meta.url.endsWith(".js");
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  subject: {
    command: [process.execPath, here(`reference-service/main.${isCompiled ? "js" : "ts"}`)],
    env: (wiring) => ({
      KAFKA_BROKERS: wiring.kafka,
      KAFKA_GROUP_ID: wiring.group,
      TOPIC_REQUESTED: wiring.topics["payments.requested"] ?? "",
      TOPIC_SETTLED: wiring.topics["payments.settled"] ?? "",
      SETTLEMENTS_GROUP_ID: wiring.groups["payments.settled"] ?? "",
      DATABASE_URL: wiring.databaseUrl,
      PAYMENTS_API_URL: wiring.apiUrl,
      INSTANCE_ID: wiring.instance,
      HTTP_HOST: wiring.httpHost,
      HTTP_PORT: String(wiring.httpPort),
      VARIANT: wiring.variant ?? "",
      KAFKA_SESSION_TIMEOUT_MS: String(wiring.sessionTimeoutMs),
      KAFKA_HEARTBEAT_INTERVAL_MS: "100",
      KAFKA_MAX_WAIT_MS: "50",
      // Short, so that a rehearsal need not wait: an unknown outcome after 400 ms, a lost lease after 1.5 s.
      API_TIMEOUT_MS: "400",
      CAPTURE_LEASE_MS: "1500",
      LOCK_TIMEOUT_MS: "500",
      PURGE_INTERVAL_MS: "100",
    }),
    // In the package there is no Dockerfile: its demo runs the command beside the containers.
    ...(isCompiled ? {} : { container: { dockerfile: "reference-service/Dockerfile" } }),
    healthPath: "/healthz",
    metrics: {
      path: "/metrics",
      effects: [
        { series: "effects_total", labels: { consumer: "payments" }, effect: "ledger" },
        { series: "effects_total", labels: { consumer: "settlements" }, effect: "settlement" },
      ],
      duplicates: { series: "duplicate_deliveries_total" },
      calls: {
        series: "external_calls_total",
        api: "payments",
        unknown: { outcome: "unknown" },
      },
      deliveries: { series: "deliveries_total" },
      retries: { series: "handler_retries_total" },
      deadLetters: { series: "dead_letters_total" },
      latency: { series: "end_to_end_latency_seconds_count", operation: "type" },
    },
    variants: [
      "no-dedup",
      "ack-before-commit",
      "dedup-committed-before-effect",
      "effect-committed-before-dedup",
      "check-then-insert",
      "dedup-key-without-operation",
      "dedup-key-without-consumer",
      "dedup-key-from-offset",
      "publish-before-commit",
      "publish-after-commit-without-outbox",
      "relay-by-last-id",
      "relay-marks-before-publish",
      "relay-without-event-id",
      "relay-plain-producer",
      "call-before-commit",
      "fresh-idempotency-key-per-attempt",
      "timeout-treated-as-failure",
      "swallow-poison",
      "smoke-test-in-production",
      "swallowed-error-then-commit",
      "early-return-from-batch",
      "commits-offset-too-far",
      "concurrent-within-key",
      "dedup-window-too-short",
      "purge-by-own-clock",
      "blind-update-by-zombie",
      "handler-type-error",
      "no-pool-error-listener",
      "metrics-count-hits-as-effects",
      "redeploy-dedup-key-changed",
      "redeploy-idempotency-key-changed",
    ],
  },
  database: {
    migrations: here(
      isCompiled ? "../reference-service/migrations" : "reference-service/migrations",
    ),
    balance: {
      table: "accounts",
      account: "account_id",
      balance: "balance",
      ledger: "ledger",
      version: "version",
    },
    outbox: {
      table: "outbox",
      key: "payment_id",
      eventId: "event_id",
      publishedAt: "published_at",
      record: "settled",
    },
    deadLetters: {
      table: "dead_letters",
      topic: "topic",
      partition: "partition",
      offset: "kafka_offset",
      reason: "reason",
    },
    dedup: {
      table: "processed_events",
      key: "payment_id",
      consumer: "consumer",
      columns: ["consumer", "event_id", "operation"],
    },
    work: {
      table: "capture_intents",
      id: "id",
      state: "state",
      done: ["captured", "failed", "unresolved"],
    },
  },
  input: {
    topic: "payments.requested",
    partitions: 3,
    encode: (intent) => ({
      key: intent.key,
      headers: { "event-id": intent.eventId },
      value: JSON.stringify({
        eventId: intent.eventId,
        paymentId: intent.key,
        accountId: intent.account,
        amount: intent.amount,
        currency: intent.currency,
        operation: intent.operation,
      }),
    }),
  },
  outputs: [{ topic: "payments.settled", partitions: 1, group: "settlements" }],
  eventIdHeader: "event-id",
  effects: [
    {
      id: "ledger",
      kind: "row",
      table: "ledger_entries",
      key: "payment_id",
      eventId: "event_id",
      amount: "amount",
      account: "account_id",
    },
    { id: "capture", kind: "call", api: "payments" },
    {
      id: "settlement",
      kind: "row",
      table: "settlements",
      key: "payment_id",
      eventId: "event_id",
      follows: "settled",
    },
    { id: "settled", kind: "record", topic: "payments.settled", delivery: "at-least-once" },
  ],
  calibration: caught,
  scenarios: here("scenarios"),
});
