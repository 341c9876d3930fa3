/**
 * What a link costs: the same sequential round trips direct, through Toxiproxy, through a tap, and
 * through both as in a run, side by side in one process. Postgres: `SELECT $1`; Kafka: a produce of
 * one small record with acks=all; HTTP: a capture, answered by a bare node:http server where the API
 * double, which is its own tap, is not asked.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import pg from "pg";
import { addressOf, closeServer, listen, readBody, send } from "../harness/doubles/http.ts";
import { startPaymentsApi } from "../harness/doubles/payments-api.ts";
import { createLocalStack } from "../harness/infra/local/local-stack.ts";
import type { HostPort } from "../harness/ports/basics.ts";
import { CommittedOffsets } from "../harness/taps/kafka/committed-offsets.ts";
import { DeliveryCounter } from "../harness/taps/kafka/delivery-counter.ts";
import { startKafkaTap } from "../harness/taps/kafka/kafka-tap.ts";
import { startPostgresTap } from "../harness/taps/postgres/postgres-tap.ts";

const ROUND_TRIPS = 1_000;
const ROUNDS = 5;
const WAYS = ["direct", "toxiproxy", "tap", "both"] as const;
type Way = (typeof WAYS)[number];

const folder = mkdtempSync(join(tmpdir(), "gameday-bench-"));
await using stack = await createLocalStack().start({
  roles: [...WAYS],
  brokers: 1,
  runFolder: folder,
  runId: `bench-${process.pid}`,
  progress: () => undefined,
});
const silent = {
  recorder: { record: () => undefined },
  gate: { meet: () => null },
  attribution: { identify: () => null },
};

async function proxied(name: string, listenPort: number, upstream: HostPort): Promise<HostPort> {
  return (await stack.proxies.createProxy({ name, listenPort, upstream })).listen;
}

async function postgresBy(way: Way): Promise<HostPort> {
  const server = stack.directPostgres;
  const tap =
    way === "tap" || way === "both"
      ? (await startPostgresTap({ ...silent, instance: way, stamp: () => way, upstream: server }))
          .listen
      : server;
  return way === "toxiproxy" || way === "both" ? proxied(`pg-${way}`, 0, tap) : tap;
}

/** The broker advertises the role's link port, so something must listen on exactly that port. */
async function kafkaBy(way: Way): Promise<HostPort> {
  const [direct] = stack.directKafka;
  const listener = stack.listeners.find(({ role }) => role === way);
  if (direct === undefined || listener === undefined) throw new Error("no listener");
  if (way === "direct") return direct;
  if (way === "toxiproxy") return proxied(way, listener.linkPort, listener.upstream);
  const { listens } = await startKafkaTap({
    ...silent,
    instance: way,
    upstreams: [listener.upstream],
    counter: new DeliveryCounter(),
    committed: new CommittedOffsets(),
    isConsumed: () => true,
    keyAt: () => null,
    onDelivered: () => undefined,
    ...(way === "tap" ? { listenPorts: [listener.linkPort] } : {}),
  });
  const [listen] = listens;
  if (listen === undefined) throw new Error("the tap does not listen");
  return way === "tap" ? listen : proxied(way, listener.linkPort, listen);
}

const bare = createServer((request, response) => {
  void readBody(request).then(() => send(response, 201, { id: "cap-1" }));
});
await listen(bare, "127.0.0.1");
const { port: barePort } = addressOf(bare) ?? {};
if (barePort === undefined) throw new Error("the bare server does not listen");
const api = await startPaymentsApi({
  ...silent,
  api: "payments",
  instances: WAYS,
  mode: "idempotent-replay",
  versionOf: null,
});

async function httpBy(way: Way): Promise<HostPort> {
  const isTapped = way === "tap" || way === "both";
  const server = isTapped ? api.addressFor(way) : { host: "127.0.0.1", port: barePort ?? 0 };
  return way === "toxiproxy" || way === "both" ? proxied(`api-${way}`, 0, server) : server;
}

interface Client {
  readonly once: (index: number) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

async function postgresClient(address: HostPort): Promise<Client> {
  const client = new pg.Client({
    ...address,
    user: stack.postgresUser,
    password: stack.postgresPassword,
    database: "postgres",
  });
  await client.connect();
  return { once: (index) => client.query("SELECT $1::int", [index]), close: () => client.end() };
}

async function kafkaClient({ host, port }: HostPort): Promise<Client> {
  const kafka = new Kafka({ brokers: [`${host}:${port}`], logLevel: logLevel.NOTHING });
  const createPartitioner = Partitioners.DefaultPartitioner;
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner });
  await producer.connect();
  const value = "x".repeat(200);
  return {
    once: (index) =>
      producer.send({ topic: "bench", acks: -1, messages: [{ key: `k${index}`, value }] }),
    close: () => producer.disconnect(),
  };
}

/** `fetch` keeps its connection. */
function httpClient({ host, port }: HostPort): Client {
  let calls = 0;
  const once = async (): Promise<void> => {
    calls += 1;
    const response = await fetch(`http://${host}:${port}/v1/captures`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `${port}-${calls}` },
      body: JSON.stringify({ paymentId: `pay-${calls}`, eventId: `evt-${calls}`, amount: 100 }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the capture was answered ${response.status}: ${text}`);
  };
  return { once, close: () => Promise.resolve() };
}

/** Median milliseconds of one round trip over all rounds; ways take turns within a round. */
async function compare(what: string, clients: ReadonlyMap<Way, Client>): Promise<void> {
  const times = new Map<Way, number[]>(WAYS.map((way) => [way, []]));
  for (const client of clients.values()) await timesOf(client); // warm up
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [way, client] of clients) times.get(way)?.push(...(await timesOf(client)));
  }
  const at = (way: Way, quantile: number): number => {
    const sorted = [...(times.get(way) ?? [])].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * quantile)] ?? 0;
  };
  const baseline = at("direct", 0.5);
  for (const way of WAYS) {
    const median = at(way, 0.5);
    process.stdout.write(
      `${what.padEnd(9)} ${way.padEnd(10)} median ${median.toFixed(3)} ms, p99 ${at(way, 0.99).toFixed(3)} ms, ${(median / baseline).toFixed(2)} x direct, +${(median - baseline).toFixed(3)} ms\n`,
    );
  }
  await Promise.all([...clients.values()].map((client) => client.close()));
}

async function timesOf(client: Client): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < ROUND_TRIPS; index += 1) {
    const beganAtMs = performance.now();
    await client.once(index);
    times.push(performance.now() - beganAtMs);
  }
  return times;
}

await stack.broker.createTopics([{ topic: "bench", partitions: 1 }]);
const postgres = new Map<Way, Client>();
const kafka = new Map<Way, Client>();
const http = new Map<Way, Client>();
for (const way of WAYS) {
  postgres.set(way, await postgresClient(await postgresBy(way)));
  kafka.set(way, await kafkaClient(await kafkaBy(way)));
  http.set(way, httpClient(await httpBy(way)));
}
process.stdout.write(`${ROUNDS} rounds of ${ROUND_TRIPS} round trips each way, taking turns\n`);
await compare("postgres", postgres);
await compare("kafka", kafka);
await compare("http", http);
await api.close();
await closeServer(bare);
rmSync(folder, { recursive: true, force: true });
await stack.stop();
process.exit(0);
