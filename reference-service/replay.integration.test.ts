/** The service and its replay command, as processes, against a real Kafka and a real Postgres. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { createClient } from "../harness/infra/kafka/broker.ts";
import { createLocalStack } from "../harness/infra/local/local-stack.ts";
import { findFreePorts } from "../harness/infra/process/free-ports.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "gameday-replay-"));
const stack = await createLocalStack().start({
  roles: ["consumer-1"],
  brokers: 1,
  runFolder: folder,
  runId: `replay-${process.pid}`,
  progress: () => undefined,
});
await stack.database.migrateTemplate({
  migrationsFolder: here("migrations"),
  auditedTables: [],
});
const database = await stack.database.createScenarioDatabase("replay");
const pool = new pg.Pool({ connectionString: database.directUrl });

let calls = 0;
const api = createServer((_, response) => {
  calls += 1;
  response.writeHead(201, { "content-type": "application/json" });
  response.end(JSON.stringify({ id: `charge-${calls}` }));
});
api.listen(0, "127.0.0.1");
await once(api, "listening");
const address = api.address();
const apiPort = typeof address === "object" && address !== null ? address.port : 0;

afterAll(async () => {
  api.close();
  await pool.end();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const [kafka] = stack.directKafka;
const [httpPort = 0] = await findFreePorts(1);
const environment = {
  PATH: process.env["PATH"],
  KAFKA_BROKERS: `${kafka?.host}:${kafka?.port}`,
  KAFKA_GROUP_ID: "payments",
  TOPIC_REQUESTED: "requested",
  TOPIC_SETTLED: "settled",
  SETTLEMENTS_GROUP_ID: "settlements",
  DATABASE_URL: database.directUrl,
  PAYMENTS_API_URL: `http://127.0.0.1:${apiPort}`,
  INSTANCE_ID: "consumer-1",
  HTTP_PORT: String(httpPort),
  KAFKA_HEARTBEAT_INTERVAL_MS: "100",
  KAFKA_MAX_WAIT_MS: "50",
};

/** A Node process of this folder: what it says, and how it ends. */
function run(script: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [here(script), ...args], {
    env: { ...environment, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, said, ended };
}

async function replay(...args: readonly string[]) {
  const { said, ended } = run("replay.ts", ["--topic", "requested", "--partition", "0", ...args]);
  const code = await ended;
  const lines = said.out.trim().split("\n");
  const summary: unknown = JSON.parse(lines.at(-1) ?? "null");
  const records = lines.slice(0, -1).map((line) => line.split("  ").slice(0, 2).join(" "));
  return { code, records, summary, ...said };
}

const payment = (id: string) => ({
  eventId: `evt-${id}`,
  paymentId: `pay-${id}`,
  accountId: "acc-1",
  amount: 100,
  currency: "EUR",
  operation: "payment",
});

async function produce(...values: readonly string[]): Promise<void> {
  const producer = await stack.broker.producer();
  for (const value of values) await producer.send("requested", { key: "k", value, headers: {} });
  await producer.close();
}

const TABLES = [
  "processed_events",
  "ledger_entries",
  "accounts",
  "capture_intents",
  "outbox",
  "settlements",
  "dead_letters",
];

/** Everything that a replay might touch: rows, records, calls, offsets of the service's groups. */
async function world() {
  const rows: Record<string, unknown> = {};
  for (const table of TABLES) {
    rows[table] = (await pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows;
  }
  return {
    rows,
    calls,
    published: await stack.broker.endOffsets("settled"),
    requested: await stack.broker.endOffsets("requested"),
    committed: [
      await stack.broker.committedOffsets("payments", "requested"),
      await stack.broker.committedOffsets("settlements", "settled"),
    ],
  };
}

async function count(table: string, where = "true"): Promise<number> {
  return (await pool.query(`SELECT 1 FROM ${table} WHERE ${where}`)).rowCount ?? 0;
}

/** The service works through three payments and one record that nobody can read, and drains. */
async function serve(): Promise<string> {
  const service = run("main.ts");
  await expect
    .poll(
      async () => [
        await count("settlements"),
        await count("dead_letters"),
        await count("capture_intents", "state = 'captured'"),
        await count("outbox", "published_at IS NOT NULL"),
        await stack.broker.committedOffsets("payments", "requested"),
        await stack.broker.committedOffsets("settlements", "settled"),
      ],
      { timeout: 30_000 },
    )
    .toEqual([3, 1, 3, 3, [4], [3]]);
  service.child.kill("SIGTERM");
  expect(await service.ended).toBe(0);
  return service.said.err;
}

test("a replay says what would come of each record, and touches nothing without --apply", async () => {
  await stack.broker.createTopics([
    { topic: "requested", partitions: 1 },
    { topic: "settled", partitions: 1 },
  ]);
  await produce(...["1", "2", "3"].map((id) => JSON.stringify(payment(id))), "{");
  const log = await serve();
  // The stack's topics are kept for ever: a warning, and it works.
  expect(log).toMatch(/requested is kept for ever, and dedup rows are not/);
  expect(log).toMatch(/settled is kept for ever/);
  await produce(JSON.stringify(payment("5")), "not a payment", JSON.stringify(payment("7")));
  const before = await world();

  const dry = await replay("--from", "1", "--to", "5");
  expect(dry).toMatchObject({
    code: 0,
    records: [
      "requested/0/1 duplicate",
      "requested/0/2 duplicate",
      "requested/0/3 duplicate",
      "requested/0/4 applied",
      "requested/0/5 dead-letter",
    ],
    summary: { isApplied: false, duplicate: 3, applied: 1, "dead-letter": 1 },
  });
  expect(await world()).toEqual(before);

  const applied = await replay("--from", "1", "--to", "5", "--apply");
  expect(applied).toMatchObject({ code: 0, records: dry.records, summary: { isApplied: true } });
  const after = await world();
  expect({ ...after, rows: null }).toEqual({ ...before, rows: null });
  expect(await count("ledger_entries", "event_id = 'evt-5'")).toBe(1);
  expect(await count("ledger_entries", "event_id = 'evt-7'")).toBe(0);
  expect(await count("capture_intents", "event_id = 'evt-5' AND state = 'pending'")).toBe(1);
  expect(await count("outbox", "event_id = 'evt-5' AND published_at IS NULL")).toBe(1);
  expect(await count("dead_letters")).toBe(2);

  const again = await replay("--from", "1", "--to", "5", "--apply");
  expect(again.summary).toEqual({ isApplied: true, duplicate: 5 });
  expect(await world()).toEqual(after);
});

test("a dedup window that does not outlast its topic is refused, in one line", async () => {
  const admin = (await createClient(stack.directKafka)).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: [
      {
        topic: "short",
        numPartitions: 1,
        configEntries: [
          { name: "retention.ms", value: "60000" },
          { name: "segment.ms", value: "30000" },
        ],
      },
    ],
  });
  await admin.disconnect();
  const short = { TOPIC_REQUESTED: "short", DEDUP_RETENTION_MS: "90000" };
  const { said, ended } = run("main.ts", [], short);
  expect(await ended).toBe(1);
  expect(said.err.trim().split("\n").at(-1)).toMatch(
    /could not start.*DEDUP_RETENTION_MS \(90000\) does not outlast short.*for 90000 ms/,
  );
});
