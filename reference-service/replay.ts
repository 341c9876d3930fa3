/**
 * Handles a range of records again, with every side effect suppressed:
 * `node reference-service/replay.ts --topic payments.requested --partition 0 --from 120 --to 180`
 * says what would come of each; `--apply` commits what is new. Environment: that of the service.
 */
import { parseArgs } from "node:util";
import { carefulPolicies } from "./application/policies.ts";
import { replayDelivery } from "./application/replay.ts";
import { payments, settlements } from "./application/roles.ts";
import { readConfig } from "./adapters/config.ts";
import { createKafka } from "./adapters/kafka.ts";
import { createPaymentStore } from "./adapters/payment-store.ts";
import { createPool } from "./adapters/postgres.ts";
import { readRange, type Range } from "./adapters/read-range.ts";

const USAGE = "Usage: replay.ts --topic NAME --partition N [--from OFFSET] [--to OFFSET] [--apply]";

function rangeOf(args: string[]): Range & { readonly isApplied: boolean } {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { topic: text, partition: text, from: text, to: text, apply: { type: "boolean" } },
  });
  const { topic, partition = "", from, to, apply = false } = values;
  const isNumber = (value: string | undefined): boolean => /^\d+$/.test(value ?? "0");
  if (topic === undefined || partition === "" || ![partition, from, to].every(isNumber)) {
    throw new Error(USAGE);
  }
  const offset = (value: string | undefined) => (value === undefined ? null : BigInt(value));
  const range = { topic, partition: Number(partition), from: offset(from), to: offset(to) };
  return { ...range, isApplied: apply };
}

async function replay(args: string[]): Promise<void> {
  const { isApplied, ...range } = rangeOf(args);
  const config = readConfig(process.env);
  const role = [payments, settlements].find(
    ({ name }) =>
      range.topic === (name === "payments" ? config.TOPIC_REQUESTED : config.TOPIC_SETTLED),
  );
  if (role === undefined) throw new Error(`${range.topic} is no topic of this service`);
  const pool = createPool({
    databaseUrl: config.DATABASE_URL,
    lockTimeoutMs: config.LOCK_TIMEOUT_MS,
    onError: (error) => process.stderr.write(`idle connection lost: ${error.message}\n`),
  });
  const store = createPaymentStore(pool);
  const means = { role, policies: carefulPolicies, store, isApplied, nowMs: () => Date.now() };
  const counts: Record<string, number> = {};
  try {
    await readRange(createKafka(config), range, async (delivery) => {
      const { handled, remarks } = await replayDelivery(delivery, means);
      counts[handled] = (counts[handled] ?? 0) + 1;
      const place = `${delivery.topic}/${delivery.partition}/${delivery.offset}`;
      process.stdout.write(`${[place, handled, ...remarks].join("  ")}\n`);
    });
  } finally {
    await pool.end();
  }
  const summary = { isApplied, ...counts };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  if ((counts["failed"] ?? 0) > 0) process.exitCode = 1;
}

try {
  await replay(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
