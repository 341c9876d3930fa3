/**
 * The few parts of kafkajs 2.2.4 that have no public door: a group-less fetch, offset commits for an
 * empty group, LeaveGroup on behalf of another member, and metadata as one bootstrap address sees it. Reached through the private
 * cluster factory of a `Kafka` instance; shapes from kafkajs `types/index.d.ts` and `src/broker`.
 */
import type { Kafka } from "kafkajs";
import { HarnessError } from "../../model/errors.ts";

export interface FetchedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly producerEpoch: number };
}

export interface MetadataAnswer {
  readonly brokers: readonly { nodeId: number; host: string; port: number }[];
  readonly topicMetadata: readonly {
    topic: string;
    partitionMetadata: readonly { partitionId: number; leader: number }[];
  }[];
}

interface TopicPartitions<P> {
  readonly topic: string;
  readonly partitions: readonly P[];
}

interface Responses<P> {
  readonly responses: readonly {
    readonly topicName?: string;
    readonly topic?: string;
    readonly partitions: readonly P[];
  }[];
}

export interface NodeConnection {
  readonly nodeId: number;
  connect(): Promise<void>;
  metadata(topics: readonly string[]): Promise<MetadataAnswer>;
  fetch(request: {
    readonly isolationLevel: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly TopicPartitions<{
      partition: number;
      fetchOffset: string;
      maxBytes: number;
    }>[];
  }): Promise<Responses<{ partition: number; messages: readonly FetchedRecord[] }>>;
  listOffsets(request: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly topics: readonly TopicPartitions<{ partition: number; timestamp: number }>[];
  }): Promise<Responses<{ partition: number; offset: string }>>;
  offsetFetch(request: {
    readonly groupId: string;
    readonly topics: readonly TopicPartitions<{ partition: number }>[];
  }): Promise<Responses<{ partition: number; offset: string }>>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly retentionTime: number;
    readonly topics: readonly TopicPartitions<{ partition: number; offset: string }>[];
  }): Promise<unknown>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
}

export interface InternalCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  metadata(request: { readonly topics: readonly string[] }): Promise<MetadataAnswer>;
  findBroker(request: { readonly nodeId: number }): Promise<NodeConnection>;
  findGroupCoordinator(request: { readonly groupId: string }): Promise<NodeConnection>;
  readonly brokerPool: { readonly seedBroker: NodeConnection };
}

type ClusterFactory = (options: {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
}) => InternalCluster;

const FACTORY = "private:Kafka:createCluster";

/** A cluster client of our own. Throws HarnessError("internal") when kafkajs changed inside. */
export function createInternalCluster(kafka: Kafka): InternalCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === FACTORY,
  );
  const factory: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol);
  if (typeof factory !== "function") {
    throw new HarnessError("internal", `kafkajs has no ${FACTORY}: use kafkajs 2.2.x.`);
  }
  return (factory as ClusterFactory)({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}
