import { Kafka, logLevel, Partitioners, type Consumer, type Producer } from "kafkajs";
import type { CommitOffset, Delivery } from "../application/ports.ts";
import type { ServiceConfig } from "./config.ts";

export function createKafka(config: ServiceConfig): Kafka {
  return new Kafka({
    clientId: config.INSTANCE_ID,
    brokers: config.KAFKA_BROKERS.split(","),
    // Default 5 retries from 300 ms: slow to notice a broker that came back.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 10 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      process.stderr.write(`${JSON.stringify({ namespace: entry.namespace, ...entry.log })}\n`);
    },
  });
}

/** One send in flight and explicit retries (the default of an idempotent producer is 5, not more). */
export function createProducer(kafka: Kafka): Producer {
  return kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 10 },
  });
}

export interface RunningConsumer {
  isMember(): boolean;
  stop(): Promise<void>;
}

export interface ConsumerOptions {
  readonly config: ServiceConfig;
  readonly handle: (delivery: Delivery, commitOffset: CommitOffset) => Promise<void>;
  /** The consumer is dead and will not restart: a process that lives on would be a silent loss. */
  readonly onDead: (error: Error) => void;
  /** An offset commit came too late: the partition has another owner. */
  readonly onFenced: (error: Error) => void;
}

export async function runConsumer(
  kafka: Kafka,
  options: ConsumerOptions,
): Promise<RunningConsumer> {
  const { config } = options;
  const consumer = kafka.consumer({
    groupId: config.KAFKA_GROUP_ID,
    sessionTimeout: config.KAFKA_SESSION_TIMEOUT_MS,
    rebalanceTimeout: config.KAFKA_SESSION_TIMEOUT_MS,
    heartbeatInterval: config.KAFKA_HEARTBEAT_INTERVAL_MS,
    // A rebalance is only noticed after a fetch returns; the default is 5 s.
    maxWaitTimeInMs: config.KAFKA_MAX_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 10 },
  });
  let isMember = false;
  consumer.on(consumer.events.GROUP_JOIN, () => (isMember = true));
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    isMember = false;
    // kafkajs does not restart after a TypeError or another non-retriable error.
    if (!payload.restart) options.onDead(payload.error);
  });
  await consumer.connect();
  // The default (false) skips whatever was produced before the first join.
  await consumer.subscribe({ topic: config.TOPIC_REQUESTED, fromBeginning: true });
  await consumer.run({
    // The default commits at the end of a whole batch: a crash would replay all of it.
    autoCommit: false,
    partitionsConsumedConcurrently: 1,
    eachMessage: ({ topic, partition, message }) =>
      options.handle(
        { topic, partition, offset: message.offset, value: message.value?.toString() ?? null },
        (delivery) => commitAfter(consumer, delivery, options.onFenced),
      ),
  });
  return { isMember: () => isMember, stop: () => consumer.disconnect() };
}

/** The group has moved on without this member: its partitions belong to somebody else by now. */
const FENCED: ReadonlySet<unknown> = new Set([
  "UNKNOWN_MEMBER_ID",
  "ILLEGAL_GENERATION",
  "REBALANCE_IN_PROGRESS",
]);

async function commitAfter(
  consumer: Consumer,
  delivery: Delivery,
  onFenced: (error: Error) => void,
): Promise<void> {
  const { topic, partition, offset } = delivery;
  try {
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
  } catch (error) {
    // Thrown further, kafkajs takes it for fatal and the consumer is dead. The work is committed and
    // the new owner's redelivery finds its dedup row; the next heartbeat makes this member rejoin.
    if (!(error instanceof Error) || !FENCED.has(typeOf(error))) throw error;
    onFenced(error);
  }
}

function typeOf(error: Error): unknown {
  const { cause } = error;
  return "type" in error ? error.type : cause instanceof Error ? typeOf(cause) : undefined;
}
