import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StartedStack } from "../../ports/stack.ts";
import { createClient } from "../kafka/broker.ts";
import { pollUntil } from "../process/deadline.ts";
import { readJournal } from "../process/journal.ts";
import { startTimeOf } from "../process/process-identity.ts";
import { cacheFolder } from "../process/cache.ts";
import { isListening } from "../process/is-listening.ts";
import { createLocalStack } from "./local-stack.ts";

const RUN_ID = `integration-${process.pid}`;
const JOURNAL = join(cacheFolder(), "runs", `${RUN_ID}.json`);
let folder: string;
let stack: StartedStack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gameday-test-"));
  stack = await createLocalStack().start({
    brokers: 1,
    roles: ["consumer-1"],
    runFolder: folder,
    runId: RUN_ID,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
}, 600_000);

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

function consumerListener(): StartedStack["listeners"][number] {
  const [listener] = stack.listeners;
  if (listener === undefined) {
    throw new Error("the stack has no listener for consumer-1");
  }
  return listener;
}

test("the log is read whole, and a group that never committed has no offset", async () => {
  const topic = "payments";
  await stack.broker.createTopics([{ topic, partitions: 2 }]);
  expect(await stack.broker.readAll(topic)).toEqual([]);
  const producer = await stack.broker.producer();
  const sent = [];
  for (const id of ["1", "2", "3"]) {
    const headers = { "event-id": id };
    sent.push(await producer.send(topic, { key: `key-${id}`, value: "{}", headers }));
  }
  await producer.close();

  const records = await stack.broker.readAll(topic);

  expect(records).toHaveLength(3);
  expect(records.map(({ position }) => position)).toEqual(expect.arrayContaining(sent));
  expect(
    records.map(({ headers }) => headers["event-id"] ?? "").sort((a, b) => a.localeCompare(b)),
  ).toEqual(["1", "2", "3"]);
  expect(records.every(({ producerId }) => producerId !== null)).toBe(true);
  const ends = await stack.broker.endOffsets(topic);
  expect(ends.reduce((sum, end) => sum + end, 0)).toBe(3);
  expect(await stack.broker.committedOffsets("nobody", topic)).toEqual([null, null]);
  await stack.broker.deleteTopics([topic]);
});

test("a member leaves its group when the harness says so, and an unknown one is refused", async () => {
  const topic = "evictions";
  await stack.broker.createTopics([{ topic, partitions: 1 }]);
  const consumer = (await createClient(stack.directKafka, "victim")).consumer({ groupId: "g" });
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ eachMessage: () => Promise.resolve() });
  const member = await pollUntil(
    { what: "the victim to join", timeoutMs: 10_000, everyMs: 50 },
    async () => (await stack.broker.members("g")).find((one) => one.clientId === "victim") ?? null,
  );
  // Stopped first: a live member would join again at once.
  await consumer.stop();

  const code = await stack.broker.evict("g", member.memberId);
  const unknown = await stack.broker.evict("g", "nobody-like-this");

  await consumer.disconnect();
  expect([0, 25]).toContain(code);
  expect(unknown).toBe(25);
  expect(await stack.broker.members("g")).toEqual([]);
});

test("a committed change leaves an audit row with its writer, a rolled back one leaves none", async () => {
  const migrationsFolder = await mkdtemp(join(folder, "migrations-"));
  const sql =
    "CREATE TABLE payment (id text PRIMARY KEY, amount bigint); CREATE TABLE bare (id int);";
  await writeFile(join(migrationsFolder, "001.sql"), sql);
  await stack.database.migrateTemplate({ migrationsFolder, auditedTables: ["payment"] });
  const database = await stack.database.createScenarioDatabase("scenario_1");
  const client = new pg.Client({
    connectionString: database.directUrl,
    application_name: "consumer-1",
  });
  await client.connect();
  await client.query("INSERT INTO payment VALUES ('p1', 1200)");
  await client.query("BEGIN; INSERT INTO payment VALUES ('p2', 1); ROLLBACK");
  await client.query("UPDATE payment SET amount = 1300");
  const backends = await database.backends();
  await client.query("TRUNCATE payment");
  await client.end();

  const trail = await database.auditTrail();

  expect(trail.map(({ op, commitOrder }) => [op, commitOrder])).toEqual([
    ["insert", 1],
    ["update", 2],
    ["delete", 3],
  ]);
  expect(trail[0]).toMatchObject({
    table: "payment",
    applicationName: "consumer-1",
    before: null,
    after: { id: "p1", amount: 1200 },
  });
  expect(trail[1]?.before).toEqual({ id: "p1", amount: 1200 });
  expect(backends.map(({ applicationName }) => applicationName)).toEqual(["consumer-1"]);
  expect(await database.unaudited(["payment", "bare", "absent"])).toEqual(["bare", "absent"]);
  expect(await database.settings()).toMatchObject({ fsync: "off", synchronous_commit: "on" });
  await database.drop();
});

test("a client that bootstraps on a role's listener is sent to that role's link", async () => {
  const { role, upstream, linkPort } = consumerListener();
  const link = { host: "127.0.0.1", port: linkPort };
  expect(await stack.broker.advertisedTo(upstream)).toEqual([link]);
  const proxy = await stack.proxies.createProxy({ name: role, listenPort: linkPort, upstream });
  expect(proxy.listen).toEqual(link);
  expect(await stack.broker.advertisedTo(link)).toEqual([link]);

  await proxy.setEnabled(false);
  expect(await isListening(link)).toBe(false);
  await proxy.setEnabled(true);
  expect(await isListening(link)).toBe(true);
  await proxy.remove();
  expect(await isListening(link)).toBe(false);
});

test("a subject's exit and last words are known, and a wrong command is refused", async () => {
  const spec = {
    instance: "c",
    incarnation: 1,
    cwd: folder,
    httpPort: 0,
    env: {},
    logFile: join(folder, "c.log"),
  };
  const script = "console.log('hello'); process.exit(3)";
  const subject = await stack.subjects.spawn({
    ...spec,
    command: [process.execPath, "-e", script],
  });
  expect(await subject.exited).toEqual({ code: 3, signal: null });
  expect(subject.lastLines(1)).toEqual(["hello"]);
  const wrong = stack.subjects.spawn({ ...spec, command: ["/no/such/program"] });
  await expect(wrong).rejects.toMatchObject({ code: "environment" });
  expect(await stack.subjects.isHealthy("http://127.0.0.1:1/health")).toBe(false);
});

test("after the stop nothing is left: no process, no folder, no journal", async () => {
  const journal = readJournal(JOURNAL);
  expect(journal?.processes.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["kafka", "postgres", "toxiproxy"]),
  );
  process.stderr.write(`startupMs ${JSON.stringify(stack.startupMs)}\n`);

  await stack.stop();

  for (const { pid, startTime } of journal?.processes ?? []) {
    expect(startTimeOf(pid)).not.toBe(startTime);
  }
  expect(journal?.folders.filter((path) => existsSync(path))).toEqual([]);
  expect(existsSync(JOURNAL)).toBe(false);
});
