/**
 * Unmodified clients of other makers, in both group protocols, from join to offset commit over a
 * Toxiproxy link and a tap: what the tap says must be what the broker says.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Consumer, Producer, stringSerializers } from "@platformatic/kafka";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, expect, test } from "vitest";
import { kafkaJarsFolder } from "../infra/local/kafka-jars.ts";
import { createLocalStack } from "../infra/local/local-stack.ts";
import type { EventBody } from "../model/history.ts";
import { CommittedOffsets } from "../taps/kafka/committed-offsets.ts";
import { DeliveryCounter } from "../taps/kafka/delivery-counter.ts";
import { startKafkaTap } from "../taps/kafka/kafka-tap.ts";
import { InFlightIntents } from "./in-flight.ts";

const RECORDS = 5;
const ROLES = ["platformatic-classic", "platformatic-848", "java-classic", "java-848", "kafkajs"];
const folder = await mkdtemp(join(tmpdir(), "gameday-clients-"));
const stack = await createLocalStack().start({
  roles: ROLES,
  brokers: 1,
  runFolder: folder,
  runId: `clients-${process.pid}`,
  progress: () => undefined,
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const payment = (index: number) => ({
  index,
  eventId: `evt-${String(index).padStart(6, "0")}-0000beef`,
  key: `pay-${String(index).padStart(6, "0")}-0000beef`,
  operation: "payment",
  account: "a",
  amount: 1,
  currency: "EUR",
  isPoison: false,
  isCopy: false,
});
const payments = Array.from({ length: RECORDS }, (_, index) => payment(index));

/** A link for one role, with a topic that already holds the payments. */
async function linked(role: string) {
  const listener = stack.listeners.find((candidate) => candidate.role === role);
  if (listener === undefined) throw new Error(`no listener for ${role}`);
  const topic = `in.${role}`;
  await stack.broker.createTopics([{ topic, partitions: 1 }]);
  const inFlight = new InFlightIntents();
  const producer = await stack.broker.producer();
  for (const each of payments) {
    inFlight.add(each);
    await producer.send(topic, {
      key: each.key,
      value: "{}",
      headers: { "event-id": each.eventId },
    });
  }
  await producer.close();
  const events: EventBody[] = [];
  const tap = await startKafkaTap({
    instance: role,
    upstreams: [listener.upstream],
    recorder: { record: (event) => events.push(event) },
    gate: { meet: () => null },
    counter: new DeliveryCounter(),
    committed: new CommittedOffsets(),
    attribution: inFlight,
    isConsumed: (name) => name === topic,
    keyAt: (name, partition, offset) => inFlight.at(name, partition, offset),
    onDelivered: (position, key) => inFlight.place(position, key),
  });
  const [upstream] = tap.listens;
  if (upstream === undefined) throw new Error("the tap does not listen");
  const { linkPort } = listener;
  const proxy = await stack.proxies.createProxy({ name: role, listenPort: linkPort, upstream });
  const address = `${proxy.listen.host}:${proxy.listen.port}`;
  return { topic, events, tap, address, group: `group-${role}` };
}

/** What every client must have left behind, whatever versions it speaks. */
async function expectWholeStory(link: Awaited<ReturnType<typeof linked>>): Promise<void> {
  const { events, topic, group, tap } = link;
  const deliveries = events.filter((event) => event.stream === "delivery");
  expect(deliveries.map(({ position, key, attempt }) => [position.offset, key, attempt])).toEqual(
    payments.map(({ key }, offset) => [offset, key, 1]),
  );
  const memberships = events.filter((event) => event.stream === "membership");
  expect(memberships.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["joined", "assigned"]),
  );
  expect(memberships.find(({ partitions }) => partitions?.length === 1)?.partitions).toEqual([
    { topic, partition: 0 },
  ]);
  expect(events).toContainEqual(
    expect.objectContaining({
      stream: "offset",
      moment: "applied",
      topic,
      committed: RECORDS,
      errorCode: 0,
    }),
  );
  const covered = events.flatMap((event) =>
    event.stream === "wire" && event.boundary === "kafka.offset-commit.applied" ? event.keys : [],
  );
  expect([...covered].sort()).toEqual(payments.map(({ key }) => key));
  expect(await stack.broker.committedOffsets(group, topic)).toEqual([RECORDS]);
  expect(tap.unknownFrames()).toEqual({});
}

test.each(["classic", "848"])("@platformatic/kafka, %s group protocol", async (protocol) => {
  const link = await linked(`platformatic-${protocol}`);
  const consumer = new Consumer({
    groupId: link.group,
    clientId: "platformatic",
    bootstrapBrokers: [link.address],
    groupProtocol: protocol === "848" ? "consumer" : "classic",
  });
  const stream = await consumer.consume({
    topics: [link.topic],
    mode: "earliest",
    autocommit: false,
    maxWaitTime: 50,
  });
  let seen = 0;
  for await (const message of stream) {
    await message.commit();
    seen += 1;
    if (seen === RECORDS) break;
  }
  // The harness can sign a dead member off in either protocol: nobody waits for its session.
  const memberId = link.tap.members()[0]?.memberId;
  expect(await stack.broker.evict(link.group, memberId ?? "none")).toBe(0);
  await consumer.close(true).catch(() => undefined);
  await expectWholeStory(link);
  // Its producer speaks newer versions than kafkajs: the same tap must read them.
  const producer = new Producer({
    clientId: "p",
    bootstrapBrokers: [link.address],
    serializers: stringSerializers,
  });
  await producer.send({
    messages: [{ topic: link.topic, key: payments[0]?.key ?? "", value: "{}" }],
  });
  await producer.close();
  expect(link.events).toContainEqual(
    expect.objectContaining({
      boundary: "kafka.produce.applied",
      keys: [payments[0]?.key],
      tag: "0",
    }),
  );
  await link.tap.close();
});

test.each(["classic", "848"])(
  "Kafka's own console consumer, %s group protocol",
  async (protocol) => {
    const link = await linked(`java-${protocol}`);
    const args = [
      "-cp",
      join(kafkaJarsFolder(), "*"),
      "org.apache.kafka.tools.consumer.ConsoleConsumer",
      `--bootstrap-server=${link.address}`,
      `--topic=${link.topic}`,
      `--group=${link.group}`,
      `--max-messages=${RECORDS}`,
      "--from-beginning",
      "--timeout-ms=30000",
      `--command-property=group.protocol=${protocol === "848" ? "consumer" : "classic"}`,
    ];
    const said = await new Promise<string>((resolve) => {
      const child = spawn("java", args, { stdio: ["ignore", "pipe", "pipe"] });
      let text = "";
      for (const output of [child.stdout, child.stderr]) {
        output.on("data", (chunk: Buffer) => (text += chunk.toString()));
      }
      child.once("close", () => resolve(text));
    });
    expect(said).toMatch(/Processed a total of 5 messages/);
    await expectWholeStory(link);
    await link.tap.close();
  },
);

test("a kafkajs transaction: offsets are committed when EndTxn is applied", async () => {
  const link = await linked("kafkajs");
  const kafka = new Kafka({ brokers: [link.address], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({
    transactionalId: "txn",
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({
    topic: link.topic,
    messages: [{ key: payments[1]?.key ?? "", value: "{}" }],
  });
  await transaction.sendOffsets({
    consumerGroupId: link.group,
    topics: [{ topic: link.topic, partitions: [{ partition: 0, offset: "3" }] }],
  });
  await transaction.commit();
  await producer.disconnect();
  const order = link.events.flatMap((event) => {
    if (event.stream === "wire") return [event.boundary];
    return event.stream === "offset" && event.kind === "commit" ? [`offset.${event.moment}`] : [];
  });
  expect(order).toEqual([
    "kafka.produce.requested",
    "kafka.produce.applied",
    "kafka.produce.acknowledged",
    "offset.requested",
    "kafka.txn-end.requested",
    "offset.applied",
    "kafka.txn-end.applied",
    "kafka.txn-end.acknowledged",
  ]);
  await expect
    .poll(() => stack.broker.committedOffsets(link.group, link.topic), { timeout: 10_000 })
    .toEqual([3]);
  expect(link.tap.unknownFrames()).toEqual({});
  await link.tap.close();
});
