/** The composition root: wires the adapters, then drains on SIGTERM. */
import { captureNext } from "./application/capture-next.ts";
import { handleDelivery } from "./application/handle-delivery.ts";
import { carefulPolicies } from "./application/policies.ts";
import type { Policies } from "./application/ports.ts";
import { createCaptureStore } from "./adapters/capture-store.ts";
import { readConfig, type ServiceConfig } from "./adapters/config.ts";
import { startHealthServer } from "./adapters/health-server.ts";
import { createKafka, createProducer, runConsumer } from "./adapters/kafka.ts";
import { createOutbox, createPublish } from "./adapters/outbox.ts";
import { createPaymentStore } from "./adapters/payment-store.ts";
import { createPaymentsApi } from "./adapters/payments-api.ts";
import { createPool } from "./adapters/postgres.ts";
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
  const pool = createPool(config.DATABASE_URL, (error) => log("idle connection lost", error));
  const kafka = createKafka(config);
  const producer = createProducer(kafka);
  await producer.connect();
  const api = createPaymentsApi(config.PAYMENTS_API_URL, config.API_TIMEOUT_MS);
  const captures = createCaptureStore(pool, config.CAPTURE_LEASE_MS);
  const store = createPaymentStore(pool);
  const loopOf = (name: string, step: () => Promise<boolean>) =>
    startWorkerLoop({
      step,
      pollIntervalMs: config.POLL_INTERVAL_MS,
      onError: (error) => log(`${name} failed, will try again`, error),
    });
  const worker = loopOf("capture", () => captureNext(captures, api, policies));
  const outbox = createOutbox(pool);
  const publish = createPublish(producer, config.TOPIC_SETTLED);
  const relay = loopOf("relay", async () => (await policies.relay(outbox, publish)) > 0);
  const consumer = await runConsumer(kafka, {
    config,
    handle: async (delivery, commitOffset) => {
      await handleDelivery(delivery, { store, commitOffset, policies });
      worker.wake();
      relay.wake();
    },
    onDead: (error) => fail("the consumer died", error),
    onRevival: (error) => log("the consumer died of a protocol error, starting another", error),
    onFenced: (error) => log("offset commit refused: another instance owns the partition", error),
  });
  const health = await startHealthServer(config.HTTP_PORT, async () => {
    await pool.query("SELECT 1");
    return consumer.isMember();
  });
  return async () => {
    await consumer.stop();
    await Promise.all([worker.stop(), relay.stop()]);
    await producer.disconnect();
    health.close();
    await pool.end();
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
