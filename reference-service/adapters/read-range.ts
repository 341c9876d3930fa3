import { randomUUID } from "node:crypto";
import type { Kafka } from "kafkajs";
import type { Delivery } from "../application/ports.ts";
import { deliveriesOf } from "./kafka.ts";

const IDLE_MS_MAX = 30_000;

export interface Range {
  readonly topic: string;
  readonly partition: number;
  /** First and last offset, both included; the partition's own first and last when left out. */
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/**
 * Hands over the records of one partition, in order. kafkajs cannot read without a group, so it reads
 * in one that nobody else knows, commits nothing, and deletes it: the service's group is not touched.
 */
export async function readRange(
  kafka: Kafka,
  range: Range,
  onDelivery: (delivery: Delivery) => Promise<void>,
): Promise<void> {
  const { topic, partition } = range;
  const admin = kafka.admin();
  await admin.connect();
  const groupId = `replay-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false });
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    const ends = offsets.find((each) => each.partition === partition);
    if (ends === undefined) throw new Error(`${topic} has no partition ${partition}`);
    const from = range.from ?? BigInt(ends.low);
    const last = BigInt(ends.high) - 1n;
    const to = range.to === null || range.to > last ? last : range.to;
    if (from < BigInt(ends.low)) throw new Error(`${topic}/${partition} begins at ${ends.low}`);
    if (from > to) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const idle = setTimeout(() => {
      reject(new Error(`nothing of ${topic}/${partition} came for ${IDLE_MS_MAX} ms`));
    }, IDLE_MS_MAX);
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      const others = (payload.memberAssignment[topic] ?? []).filter((each) => each !== partition);
      consumer.pause([{ topic, partitions: others }]);
      consumer.seek({ topic, partition, offset: String(from) });
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        const { batch } = payload;
        if (batch.partition !== partition) return;
        idle.refresh();
        for (const delivery of deliveriesOf(batch)) {
          const offset = BigInt(delivery.offset);
          if (offset < from || offset > to) continue;
          await onDelivery(delivery);
          await payload.heartbeat();
        }
        if (BigInt(batch.lastOffset()) >= to) resolve();
      },
    });
    await promise.finally(() => clearTimeout(idle));
  } finally {
    await consumer.disconnect();
    // It is empty and commits nothing: when it cannot be deleted now, the broker forgets it.
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}
