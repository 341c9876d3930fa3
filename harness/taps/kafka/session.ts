import type { Moment, Position } from "../../model/history.ts";
import type { Recorder } from "../../ports/basics.ts";
import type { Gate, HeldFrameDecision } from "../../ports/tap.ts";
import { meetBoundary, type Named } from "../hold.ts";
import { LengthFramer, type FrameShape } from "../length-framer.ts";
import type { Conversation, Direction, Fate } from "../relay.ts";
import { ByteReader } from "./byte-reader.ts";
import type { DeliveryCounter } from "./delivery-counter.ts";
import {
  API,
  readFetchRequest,
  readFetchResponse,
  readJoinResponse,
  readLeaving,
  readMemberId,
  readOffsetCommit,
  readOffsetCommitResponse,
  readRequestHead,
  VERSION_MAX,
  type OffsetCommitRequest,
  type PartitionOffset,
  type RequestHead,
} from "./messages.ts";

const FRAME: FrameShape = { lengthAt: 0, extra: 4, lengthMin: 4, lengthMax: 100 * 1024 * 1024 };
const PENDING_MAX = 10_000;

export interface KafkaSessionOptions {
  readonly instance: string;
  readonly recorder: Recorder;
  readonly gate: Gate;
  readonly counter: DeliveryCounter;
  readonly isInput: (topic: string) => boolean;
  /** The intent carried by a record, when a tap has seen it delivered. */
  readonly keyAt: (topic: string, partition: number, offset: number) => Named | null;
  readonly onDelivered: (position: Position, key: string) => void;
  readonly onMember: (memberId: string) => void;
  readonly onUnknown: (name: string) => void;
}

interface Pending {
  readonly head: RequestHead;
  readonly fetch: readonly PartitionOffset[];
  readonly commit: OffsetCommitRequest | null;
}

/** One Kafka connection: requests remembered by correlation id until their responses come. */
export class KafkaSession implements Conversation {
  private readonly options: KafkaSessionOptions;
  private readonly pending = new Map<number, Pending>();

  constructor(options: KafkaSessionOptions) {
    this.options = options;
  }

  readonly toServer: Direction = this.direction((frame) => this.onRequest(frame));
  readonly toClient: Direction = this.direction((frame) => this.onResponse(frame));

  private direction(handle: (frame: Buffer) => Fate | Promise<Fate>): Direction {
    const framer = new LengthFramer();
    return {
      push: (chunk) => {
        framer.push(chunk);
        return frames(framer);
      },
      handle: (frame) => {
        if (framer.isRaw()) return { bytes: frame };
        try {
          return handle(frame);
        } catch {
          // Not understood is not broken: the bytes go on as they came.
          this.options.onUnknown("kafka: unreadable frame");
          return { bytes: frame };
        }
      },
    };
  }

  private onRequest(frame: Buffer): Fate | Promise<Fate> {
    const { head, body } = readRequestHead(frame);
    const known = VERSION_MAX[head.apiKey];
    if (known === undefined) return { bytes: frame };
    if (head.version > known) {
      this.options.onUnknown(`kafka: api ${head.apiKey} version ${head.version}`);
      return { bytes: frame };
    }
    if (this.pending.size > PENDING_MAX) this.pending.clear();
    const { commit, fetch } = this.readBody(head, body);
    this.pending.set(head.correlationId, { head, fetch, commit });
    if (commit === null) return { bytes: frame };
    this.recordCommit("requested", commit, null);
    return this.pass(frame, this.meetCommit("kafka.offset-commit.requested", commit));
  }

  private readBody(head: RequestHead, body: ByteReader): Pick<Pending, "fetch" | "commit"> {
    const nothing = { fetch: [], commit: null };
    switch (head.apiKey) {
      case API.fetch:
        return { fetch: readFetchRequest(body, head.version), commit: null };
      case API.offsetCommit: {
        const commit = readOffsetCommit(body, head.version);
        if (commit.memberId !== "") this.options.onMember(commit.memberId);
        return { fetch: [], commit };
      }
      case API.heartbeat:
      case API.syncGroup:
        this.options.onMember(readMemberId(body));
        return nothing;
      case API.leaveGroup:
        for (const memberId of readLeaving(body, head.version)) this.membership("left", memberId);
        return nothing;
      default:
        return nothing;
    }
  }

  private onResponse(frame: Buffer): Fate | Promise<Fate> {
    const body = new ByteReader(frame, 4);
    const correlationId = body.int32();
    const pending = this.pending.get(correlationId);
    if (pending === undefined) return { bytes: frame };
    this.pending.delete(correlationId);
    const { head } = pending;
    if (head.apiKey === API.fetch) return this.onFetched(frame, body, pending);
    if (head.apiKey === API.joinGroup) {
      const { errorCode, memberId } = readJoinResponse(body, head.version);
      if (errorCode === 0) {
        this.options.onMember(memberId);
        this.membership("joined", memberId);
      }
    }
    if (pending.commit === null) return { bytes: frame };
    return this.onCommitted(frame, pending.commit, readOffsetCommitResponse(body, head.version));
  }

  private onFetched(frame: Buffer, body: ByteReader, pending: Pending): Fate {
    const fetched = readFetchResponse(body, pending.head.version, this.options.isInput);
    const from = new Map(pending.fetch.map((at) => [`${at.topic}/${at.partition}`, at.offset]));
    for (const { topic, partition, records } of fetched) {
      const firstWanted = from.get(`${topic}/${partition}`) ?? 0;
      for (const { offset, key } of records) {
        // A batch is sent whole: records below the asked offset are thrown away by the client.
        if (offset < firstWanted) continue;
        const position = { topic, partition, offset };
        if (key !== null) this.options.onDelivered(position, key);
        this.options.recorder.record({
          stream: "delivery",
          instance: this.options.instance,
          position,
          key,
          attempt: this.options.counter.next(topic, partition, offset),
        });
      }
    }
    return { bytes: frame };
  }

  private onCommitted(
    frame: Buffer,
    commit: OffsetCommitRequest,
    codes: ReadonlyMap<string, number>,
  ): Fate | Promise<Fate> {
    this.recordCommit("applied", commit, codes);
    const held = this.meetCommit("kafka.offset-commit.applied", commit);
    const forwarded = (): void => {
      this.recordCommit("acknowledged", commit, codes);
      void this.meetCommit("kafka.offset-commit.acknowledged", commit);
    };
    if (held === null) return { bytes: frame, forwarded };
    return held.then((decision) => (decision === "drop" ? "drop" : { bytes: frame, forwarded }));
  }

  private recordCommit(
    moment: Moment,
    commit: OffsetCommitRequest,
    codes: ReadonlyMap<string, number> | null,
  ): void {
    for (const { topic, partition, offset } of commit.partitions) {
      this.options.recorder.record({
        stream: "offset",
        kind: "commit",
        moment,
        instance: this.options.instance,
        group: commit.group,
        topic,
        partition,
        committed: offset,
        errorCode: codes?.get(`${topic}/${partition}`) ?? null,
      });
    }
  }

  /** The commit is attributed to the record just below each committed offset. */
  private meetCommit(
    boundary:
      | "kafka.offset-commit.requested"
      | "kafka.offset-commit.applied"
      | "kafka.offset-commit.acknowledged",
    commit: OffsetCommitRequest,
  ): Promise<HeldFrameDecision> | null {
    const { instance, gate, recorder, keyAt } = this.options;
    const named = commit.partitions.flatMap(({ topic, partition, offset }) => {
      const found = keyAt(topic, partition, offset - 1);
      return found === null ? [] : [found];
    });
    return meetBoundary({ boundary, instance, named, tag: null }, { gate, recorder });
  }

  private membership(kind: "joined" | "left", memberId: string): void {
    const { instance, recorder } = this.options;
    recorder.record({ stream: "membership", instance, kind, memberId, eviction: null });
  }

  private pass(frame: Buffer, held: Promise<HeldFrameDecision> | null): Fate | Promise<Fate> {
    if (held === null) return { bytes: frame };
    return held.then((decision) => (decision === "drop" ? "drop" : { bytes: frame }));
  }
}

function* frames(framer: LengthFramer): Generator<Buffer> {
  for (let frame = framer.next(FRAME); frame !== null; frame = framer.next(FRAME)) yield frame;
}
