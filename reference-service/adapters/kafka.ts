import {
  Kafka,
  logLevel,
  Partitioners,
  type Consumer,
  type EachBatchPayload,
  type IHeaders,
  type Producer,
} from "kafkajs";
import type { Batch, Delivery, Handled } from "../application/ports.ts";
import type { ServiceConfig } from "./config.ts";
import { keepAlive, type RevivalOptions, type Watch } from "./revival.ts";

export function createKafka(config: ServiceConfig): Kafka {
  return new Kafka({
    clientId: config.INSTANCE_ID,
    brokers: config.KAFKA_BROKERS.split(","),
    // How late a server that is gone without a word is noticed: on a new connection, on an old one.
    connectionTimeout: 1_000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    // Default 5 retries from 300 ms: slow to notice a broker that came back.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 10 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      process.stderr.write(`${JSON.stringify({ namespace: entry.namespace, ...entry.log })}\n`);
    },
  });
}

/** One send in flight and explicit retries (the default of an idempotent producer is 5, not more). */
export function createProducer(kafka: Kafka, idempotent: boolean): Producer {
  return kafka.producer({
    // False by default: a batch that is sent again is stored again.
    idempotent,
    maxInFlightRequests: 1,
    // True would make a misspelt topic a new one.
    allowAutoTopicCreation: false,
    // New partitions are seen this late.
    metadataMaxAge: 300_000,
    // Another one moves keys to other partitions, and their order is gone.
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 10 },
  });
}

export interface RunningConsumer {
  isMember(): boolean;
  stop(): Promise<void>;
}

export interface ConsumerOptions extends Omit<RevivalOptions, "start"> {
  readonly config: ServiceConfig;
  readonly groupId: string;
  readonly topic: string;
  readonly workThrough: (batch: Batch) => Promise<void>;
  readonly handle: (delivery: Delivery, commitOffset: () => Promise<void>) => Promise<Handled>;
  /** An offset commit came too late: the partition has another owner. */
  readonly onFenced: (error: Error) => void;
}

/** Keeps one consumer of the group at work; see `keepAlive` for how it may die. */
export async function runConsumer(
  kafka: Kafka,
  options: ConsumerOptions,
): Promise<RunningConsumer> {
  let isMember = false;
  let consumer: Consumer | null = null;
  const { onDead, onRevival } = options;
  const start = async ({ crashed, progressed }: Watch): Promise<void> => {
    const next = createConsumer(kafka, options);
    consumer = next;
    next.on(next.events.GROUP_JOIN, () => {
      isMember = true;
    });
    next.on(next.events.CRASH, ({ payload }) => {
      isMember = false;
      if (!payload.restart) crashed(payload.error);
    });
    const handle: ConsumerOptions["handle"] = async (delivery, commitOffset) => {
      const handled = await options.handle(delivery, commitOffset);
      progressed();
      return handled;
    };
    try {
      await consume(next, { ...options, handle });
    } catch (error) {
      // What it left open is closed; why it could not start is what counts.
      await next.disconnect().catch(() => undefined);
      throw error;
    }
  };
  const kept = await keepAlive({ start, onDead, onRevival });
  return {
    isMember: () => isMember,
    stop: async () => {
      await kept.stop();
      await consumer?.disconnect();
    },
  };
}

function createConsumer(kafka: Kafka, { config, groupId }: ConsumerOptions): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: config.KAFKA_SESSION_TIMEOUT_MS,
    rebalanceTimeout: config.KAFKA_SESSION_TIMEOUT_MS,
    heartbeatInterval: config.KAFKA_HEARTBEAT_INTERVAL_MS,
    // A rebalance is only noticed after a fetch returns; the default is 5 s.
    maxWaitTimeInMs: config.KAFKA_MAX_WAIT_MS,
    // The most of one partition that a crash has delivered again.
    maxBytesPerPartition: 1_048_576,
    // True would hand over records of transactions that are still open, or were aborted.
    readUncommitted: false,
    allowAutoTopicCreation: false,
    metadataMaxAge: 300_000,
    retry: {
      // Give up soon and start over: only a restart looks for a coordinator that has moved.
      initialRetryTime: 100,
      maxRetryTime: 500,
      retries: 4,
      // Asked after retriable errors only; after any other one kafkajs leaves it to `keepAlive`.
      restartOnFailure: () => Promise.resolve(true),
    },
  });
}

async function consume(consumer: Consumer, options: ConsumerOptions): Promise<void> {
  await consumer.connect();
  // The default (false) skips whatever was produced before the first join.
  await consumer.subscribe({ topic: options.topic, fromBeginning: true });
  await consumer.run({
    // The default commits at the end of a whole batch: a crash would replay all of it.
    autoCommit: false,
    // The default takes a batch for done when the handler returns, however early.
    eachBatchAutoResolve: false,
    // Order within a partition is order within a key; more than one would still keep that.
    partitionsConsumedConcurrently: 1,
    eachBatch: (payload) => options.workThrough(batchOf(consumer, payload, options)),
  });
}

/** The records of a batch, free of kafkajs' types. */
export function deliveriesOf({
  topic,
  partition,
  messages,
}: EachBatchPayload["batch"]): readonly Delivery[] {
  return messages.map(({ offset, value, headers, timestamp }) => ({
    topic,
    partition,
    offset,
    value: value?.toString() ?? null,
    headers: textHeaders(headers),
    madeAtMs: Number(timestamp),
  }));
}

function batchOf(consumer: Consumer, payload: EachBatchPayload, options: ConsumerOptions): Batch {
  const commitOffset = async (delivery: Delivery): Promise<void> => {
    await commitAfter(consumer, delivery, options.onFenced);
    // Where the next fetch begins: kafkajs keeps that apart from what is committed.
    payload.resolveOffset(delivery.offset);
  };
  return {
    deliveries: deliveriesOf(payload.batch),
    isCurrent: () => payload.isRunning() && !payload.isStale(),
    commitOffset,
    handle: async (delivery) => {
      const handled = await options.handle(delivery, () => commitOffset(delivery));
      await payload.heartbeat();
      return handled;
    },
  };
}

function textHeaders(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? [] : [[name, first.toString()]];
    }),
  );
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
