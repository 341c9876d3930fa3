import { createConnection, createServer, type AddressInfo, type Server } from "node:net";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import type { HostPort } from "../../ports/basics.ts";
import type { StartedStack } from "../../ports/stack.ts";
import type { SubjectSpec } from "../../ports/subject.ts";
import { createClient } from "../kafka/broker.ts";
import { pollUntil } from "../process/deadline.ts";

/** What every stack must do: the same tests, run against each adapter. */
export function stackContract(means: {
  readonly stack: () => StartedStack;
  readonly folder: () => string;
  /** A subject that runs this script with Node; null is one whose program or image does not exist. */
  readonly subject: (script: string | null) => Pick<SubjectSpec, "command" | "container">;
}): void {
  brokerContract(means.stack);
  databaseContract(means.stack, means.folder);
  linkContract(means.stack);
  subjectContract(means);
}

function brokerContract(stack: () => StartedStack): void {
  test("the log is read whole, and a group that never committed has no offset", async () => {
    const topic = "payments";
    await stack().broker.createTopics([{ topic, partitions: 2 }]);
    expect(await stack().broker.readAll(topic)).toEqual([]);
    const producer = await stack().broker.producer();
    const sent = [];
    for (const id of ["1", "2", "3"]) {
      const headers = { "event-id": id };
      sent.push(await producer.send(topic, { key: `key-${id}`, value: "{}", headers }));
    }
    await producer.close();

    const records = await stack().broker.readAll(topic);

    expect(records).toHaveLength(3);
    expect(records.map(({ position }) => position)).toEqual(expect.arrayContaining(sent));
    expect(
      records.map(({ headers }) => headers["event-id"] ?? "").sort((a, b) => a.localeCompare(b)),
    ).toEqual(["1", "2", "3"]);
    expect(records.every(({ producerId }) => producerId !== null)).toBe(true);
    const ends = await stack().broker.endOffsets(topic);
    expect(ends.reduce((sum, end) => sum + end, 0)).toBe(3);
    expect(await stack().broker.committedOffsets("nobody", topic)).toEqual([null, null]);
    await stack().broker.deleteTopics([topic]);
  });

  test("a member leaves its group when the harness says so, and an unknown one is refused", async () => {
    const topic = "evictions";
    await stack().broker.createTopics([{ topic, partitions: 1 }]);
    const consumer = (await createClient(stack().directKafka, "victim")).consumer({ groupId: "g" });
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachMessage: () => Promise.resolve() });
    const member = await pollUntil(
      { what: "the victim to join", timeoutMs: 10_000, everyMs: 50 },
      async () =>
        (await stack().broker.members("g")).find((one) => one.clientId === "victim") ?? null,
    );
    // Stopped first: a live member would join again at once.
    await consumer.stop();

    const code = await stack().broker.evict("g", member.memberId);
    const unknown = await stack().broker.evict("g", "nobody-like-this");

    await consumer.disconnect();
    expect([0, 25]).toContain(code);
    expect(unknown).toBe(25);
    expect(await stack().broker.members("g")).toEqual([]);
  });
}

function databaseContract(stack: () => StartedStack, folder: () => string): void {
  test("a committed change leaves an audit row with its writer, a rolled back one leaves none", async () => {
    const migrationsFolder = await mkdtemp(join(folder(), "migrations-"));
    const sql =
      "CREATE TABLE payment (id text PRIMARY KEY, amount bigint); CREATE TABLE bare (id int);";
    await writeFile(join(migrationsFolder, "001.sql"), sql);
    await stack().database.migrateTemplate({ migrationsFolder, auditedTables: ["payment"] });
    const database = await stack().database.createScenarioDatabase("scenario_1");
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
}

/** Passes bytes on from where this stack's proxies reach the harness, as a tap does. */
async function forwarder(host: string, upstream: HostPort): Promise<Server> {
  const server = createServer((client) => {
    const remote = createConnection(upstream.port, upstream.host);
    for (const socket of [client, remote]) socket.on("error", () => socket.destroy());
    client.pipe(remote).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return server;
}

function linkContract(stack: () => StartedStack): void {
  test("a client that bootstraps on a role's listener is sent to that role's link", async () => {
    const { listeners, tapHost, proxies, broker } = stack();
    const [listener] = listeners;
    if (listener === undefined) throw new Error("the stack has no listener for consumer-1");
    const { role, upstream, linkPort } = listener;
    const server = await forwarder(tapHost, upstream);
    const tap = { host: tapHost, port: (server.address() as AddressInfo).port };
    const proxy = await proxies.createProxy({ name: role, listenPort: linkPort, upstream: tap });
    expect(proxy.listen).toEqual({ host: "127.0.0.1", port: linkPort });
    expect(proxy.address.port).toBe(linkPort);
    expect(await broker.advertisedTo(upstream)).toEqual([proxy.address]);
    expect(await broker.advertisedTo(proxy.listen)).toEqual([proxy.address]);

    await proxy.setEnabled(false);
    await expect(broker.advertisedTo(proxy.listen)).rejects.toThrow();
    await proxy.setEnabled(true);
    expect(await broker.advertisedTo(proxy.listen)).toEqual([proxy.address]);
    await proxy.remove();
    await expect(broker.advertisedTo(proxy.listen)).rejects.toThrow();
    await new Promise((resolve) => server.close(resolve));
  });

  test("a link's toxic delays every answer by its time, and is gone when it is removed", async () => {
    const { tapHost, proxies, broker, directKafka } = stack();
    const [direct] = directKafka;
    if (direct === undefined) throw new Error("the stack has no broker");
    const server = await forwarder(tapHost, direct);
    const tap = { host: tapHost, port: (server.address() as AddressInfo).port };
    const proxy = await proxies.createProxy({ name: "delayed", listenPort: 0, upstream: tap });
    const toxic = await proxy.addToxic({ type: "latency", latencyMs: 400 }, "to-subject");
    const beganAtMs = performance.now();
    await broker.advertisedTo(proxy.listen);
    expect(performance.now() - beganAtMs).toBeGreaterThanOrEqual(400);
    await proxy.removeToxic(toxic);
    await proxy.remove();
    await new Promise((resolve) => server.close(resolve));
  });
}

function subjectContract(means: Parameters<typeof stackContract>[0]): void {
  const { stack, folder, subject } = means;
  const spec = () => ({
    instance: "c",
    incarnation: 1,
    cwd: folder(),
    httpPort: 29_999,
    env: {},
    logFile: join(folder(), "c.log"),
  });
  const WAITS = "console.log('up'); setInterval(() => {}, 1000)";

  test("ports for HTTP are below the ephemeral range: no outgoing connection is given one", async () => {
    const ports = await stack().subjects.freePorts(3);
    expect(new Set(ports).size).toBe(3);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });

  test("a subject's exit and last words are known, and a wrong command is refused", async () => {
    const script = "console.log('hello'); process.exit(3)";
    const process = await stack().subjects.spawn({ ...spec(), ...subject(script) });
    expect(await process.exited).toEqual({ code: 3, signal: null });
    expect(process.lastLines(1)).toEqual(["hello"]);
    const wrong = stack().subjects.spawn({ ...spec(), ...subject(null) });
    await expect(wrong).rejects.toMatchObject({ code: "environment" });
    expect(await stack().subjects.isHealthy("http://127.0.0.1:1/health")).toBe(false);
  });

  test("a subject is stopped, woken and killed, each confirmed", async () => {
    const process = await stack().subjects.spawn({ ...spec(), ...subject(WAITS) });
    process.signal("SIGSTOP");
    expect(await process.isStopped()).toBe(true);
    process.signal("SIGCONT");
    await process.delivered();
    process.signal("SIGSTOP");
    process.signal("SIGKILL");
    expect(await process.exited).toEqual({ code: null, signal: "SIGKILL" });
    expect(process.endSurvivors()).toEqual([]);
  });
}
