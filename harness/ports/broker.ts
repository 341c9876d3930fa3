import type { Position } from "../model/history.ts";
import type { KafkaRecord } from "../model/config.ts";
import type { HostPort } from "./basics.ts";

export interface ObservedRecord {
  readonly position: Position;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly producerId: number | null;
  readonly producerEpoch: number | null;
}

/** A producer with one send in flight at a time; resolves with the acknowledged position. */
export interface InputProducer {
  /** Rejects when no answer came before the deadline: the outcome is then unknown. */
  send(topic: string, record: KafkaRecord): Promise<Position>;
  close(): Promise<void>;
}

/** The harness's own way to the brokers, on the direct observer listener. Drivers stay behind it. */
export interface Broker {
  createTopics(topics: readonly { topic: string; partitions: number }[]): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** Log end offset per partition, index = partition. */
  endOffsets(topic: string): Promise<readonly number[]>;
  /** Committed offset per partition, null where the group has none. */
  committedOffsets(group: string, topic: string): Promise<readonly (number | null)[]>;
  /** Reads a topic from the first record to its end as of the call, read_uncommitted, no group. */
  readAll(topic: string): Promise<readonly ObservedRecord[]>;
  /** Member ids of the group as the coordinator sees them, with client ids. */
  members(group: string): Promise<readonly { memberId: string; clientId: string }[]>;
  /** Node id of the partition's leader; null while there is none. */
  leaderOf(topic: string, partition: number): Promise<number | null>;
  /** Node ids in sync with the partition's leader. */
  inSync(topic: string, partition: number): Promise<readonly number[]>;
  /** Node id of the group's coordinator. */
  coordinatorOf(group: string): Promise<number>;
  /** Sets an empty group's offsets to the first record of each partition; says from what to what. */
  resetOffsets(group: string, topic: string): Promise<string>;
  /** LeaveGroup on behalf of a dead member. Returns the broker's error code, 0 is success. */
  evict(group: string, memberId: string): Promise<number>;
  /** Addresses the brokers advertise to a client that bootstraps at `address`. */
  advertisedTo(address: HostPort): Promise<readonly HostPort[]>;
  producer(): Promise<InputProducer>;
  close(): Promise<void>;
}
