/** The composition root: wires the adapters, then drains on SIGTERM. */
import { captureNext } from "./application/capture-next.ts";
import { handleDelivery } from "./application/handle-delivery.ts";
import { carefulPolicies } from "./application/policies.ts";
import type {
  CaptureStore,
  Outbox,
  PaymentsApi,
  PaymentStore,
  Policies,
  Publish,
  Role,
} from "./application/ports.ts";
import { payments, settlements } from "./application/roles.ts";
import { createCaptureStore } from "./adapters/capture-store.ts";
import { readConfig, type ServiceConfig } from "./adapters/config.ts";
import { startHealthServer } from "./adapters/health-server.ts";
import { createKafka, createProducer, runConsumer } from "./adapters/kafka.ts";
import { createMetrics } from "./adapters/metrics.ts";
import { createOutbox, createPublish } from "./adapters/outbox.ts";
import { createPaymentStore } from "./adapters/payment-store.ts";
import { createPaymentsApi, metered } from "./adapters/payments-api.ts";
import { createPool } from "./adapters/postgres.ts";
import { checkRetention } from "./adapters/topic-retention.ts";
import { startWorkerLoop } from "./adapters/worker-loop.ts";
import { variants } from "./variants/index.ts";

const DRAIN_DEADLINE_MS = 5_000;

function log(message: string, error?: unknown): void {
  const reason = error instanceof Error ? error.message : error;
  process.stderr.write(
    `${JSON.stringify({ message, ...(error === undefined ? {} : { reason }) })}\n`,
  );
}

function fail(message: string, error?: unknown): never {
  log(message, error);
  process.exit(1);
}

function policiesFor(id: string): Policies {
  if (id === "") return carefulPolicies;
  const variant = variants.find((candidate) => candidate.id === id);
  if (variant !== undefined) return variant.apply(carefulPolicies);
  const known = variants.map((candidate) => candidate.id).join(", ");
  return fail(`Unknown VARIANT "${id}"; known: ${known}`);
}

async function start(config: ServiceConfig): Promise<() => Promise<void>> {
  const policies = policiesFor(config.VARIANT);
  const pool = createPool({
    databaseUrl: config.DATABASE_URL,
    lockTimeoutMs: config.LOCK_TIMEOUT_MS,
    onError: policies.listensToPool ? (error) => log("idle connection lost", error) : null,
  });
  const kafka = createKafka(config);
  await checkRetention(
    kafka,
    {
      topics: [config.TOPIC_REQUESTED, config.TOPIC_SETTLED],
      dedupRetentionMs: config.DEDUP_RETENTION_MS,
    },
    log,
  );
  const producer = createProducer(kafka, policies.producesIdempotently);
  await producer.connect();
  const store = createPaymentStore(pool);
  const outbox = createOutbox(pool);
  const captures = createCaptureStore(pool, config.CAPTURE_LEASE_MS, ({ id, attempts }) =>
    log(`capture ${id}: attempt ${attempts} came too late, another worker has it`),
  );
  const metrics = createMetrics({
    outboxBacklog: () => outbox.backlog(),
    unresolvedCaptures: () => captures.unresolvedCount(),
  });
  const api = metered(createPaymentsApi(config.PAYMENTS_API_URL, config.API_TIMEOUT_MS), metrics);
  const publish = createPublish(producer, config.TOPIC_SETTLED);
  const workers = startWorkers(config, { policies, captures, api, store, outbox, publish });
  const around = { store, publish, api, policies, metrics, nowMs: () => Date.now() };
  const consume = (role: Role, names: { readonly groupId: string; readonly topic: string }) =>
    runConsumer(kafka, {
      config,
      ...names,
      workThrough: (batch) => policies.workThrough(batch, role),
      handle: async (delivery, commitOffset) => {
        const handled = await handleDelivery(delivery, commitOffset, { ...around, role });
        workers.wake();
        return handled;
      },
      onDead: (error) =>
        policies.endsWhenDead ? fail("the consumer died", error) : log("the consumer died", error),
      onRevival: (error) => log("the consumer died of a protocol error, starting another", error),
      onFenced: (error) => log("offset commit refused: another instance owns the partition", error),
    });
  const consumers = await Promise.all([
    consume(payments, { groupId: config.KAFKA_GROUP_ID, topic: config.TOPIC_REQUESTED }),
    consume(settlements, { groupId: config.SETTLEMENTS_GROUP_ID, topic: config.TOPIC_SETTLED }),
  ]);
  const state = { wasReady: false };
  const health = await startHealthServer({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    metrics,
    check: async () => {
      await pool.query("SELECT 1");
      const isMember = consumers.every((consumer) => consumer.isMember());
      state.wasReady ||= isMember;
      return isMember || (state.wasReady && !policies.endsWhenDead);
    },
  });
  return async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await workers.stop();
    await producer.disconnect();
    health.close();
    await pool.end();
  };
}

interface WorkerMeans {
  readonly policies: Policies;
  readonly captures: CaptureStore;
  readonly api: PaymentsApi;
  readonly store: PaymentStore;
  readonly outbox: Outbox;
  readonly publish: Publish;
}

/** The work behind the consumers: captures, the outbox relay, the purge of old dedup rows. */
function startWorkers(
  config: ServiceConfig,
  means: WorkerMeans,
): { readonly wake: () => void; readonly stop: () => Promise<void> } {
  const { policies, captures, api, store, outbox, publish } = means;
  const loopOf = (name: string, step: () => Promise<boolean>, everyMs = config.POLL_INTERVAL_MS) =>
    startWorkerLoop({
      step,
      pollIntervalMs: everyMs,
      onError: (error) => log(`${name} failed, will try again`, error),
    });
  const retentionMs = policies.retentionMs(config.DEDUP_RETENTION_MS);
  const purge = async (): Promise<boolean> => {
    const hasMore = await store.purgeProcessed(retentionMs, policies.purgeClock());
    return (await outbox.purgePublished(config.OUTBOX_RETENTION_MS)) || hasMore;
  };
  const attempting = { store: captures, api, attemptsMax: config.CAPTURE_ATTEMPTS_MAX };
  const capture = loopOf("capture", () => captureNext(attempting, policies));
  const relay = loopOf("relay", async () => (await policies.relay(outbox, publish)) > 0);
  const purging = loopOf("purge", purge, config.PURGE_INTERVAL_MS);
  return {
    wake: () => {
      capture.wake();
      relay.wake();
    },
    stop: async () => {
      await Promise.all([capture.stop(), relay.stop(), purging.stop()]);
    },
  };
}

function drainOn(signal: "SIGTERM" | "SIGINT", drain: () => Promise<void>): void {
  process.once(signal, () => {
    setTimeout(
      () => fail(`not drained ${DRAIN_DEADLINE_MS} ms after ${signal}`),
      DRAIN_DEADLINE_MS,
    );
    drain().then(
      () => process.exit(0),
      (error: unknown) => fail("drain failed", error),
    );
  });
}

try {
  const drain = await start(readConfig(process.env));
  drainOn("SIGTERM", drain);
  drainOn("SIGINT", drain);
  log("ready");
} catch (error) {
  fail("could not start", error);
}
