import type { HeldFrameDecision } from "../../ports/tap.ts";
import { LengthFramer, type FrameShape } from "../length-framer.ts";
import type { Conversation, Direction, Fate } from "../relay.ts";
import type { ByteReader } from "./byte-reader.ts";
import { commitExchange } from "./commits.ts";
import { fetchExchange } from "./deliveries.ts";
import { NO_REMARK, type Answer, type Exchange, type Means } from "./exchange.ts";
import {
  groupHeartbeatExchange,
  heartbeatExchange,
  joinExchange,
  leaveExchange,
  syncExchange,
} from "./membership.ts";
import {
  API,
  readRequestHead,
  readResponseBody,
  readTopicIds,
  VERSIONS,
  type RequestHead,
} from "./messages.ts";
import { produceExchange } from "./publishing.ts";
import {
  addOffsetsExchange,
  endTxnExchange,
  initProducerExchange,
  txnOffsetExchange,
} from "./transactions.ts";

const FRAME: FrameShape = { lengthAt: 0, extra: 4, lengthMin: 4, lengthMax: 100 * 1024 * 1024 };
const PENDING_MAX = 10_000;

type Begin = (means: Means, body: ByteReader, version: number) => Exchange;

const EXCHANGES: Readonly<Record<number, Begin>> = {
  [API.produce]: produceExchange,
  [API.fetch]: fetchExchange,
  [API.metadata]: metadataExchange,
  [API.offsetCommit]: commitExchange,
  [API.joinGroup]: joinExchange,
  [API.heartbeat]: heartbeatExchange,
  [API.leaveGroup]: leaveExchange,
  [API.syncGroup]: syncExchange,
  [API.initProducerId]: initProducerExchange,
  [API.addOffsetsToTxn]: addOffsetsExchange,
  [API.endTxn]: endTxnExchange,
  [API.txnOffsetCommit]: txnOffsetExchange,
  [API.consumerGroupHeartbeat]: groupHeartbeatExchange,
};

/** Requests that tell nothing of deliveries, commits, publishes or membership; not worth a count. */
const IRRELEVANT: ReadonlySet<number> = new Set([
  2, // ListOffsets
  9, // OffsetFetch
  10, // FindCoordinator
  17, // SaslHandshake
  18, // ApiVersions
  23, // OffsetForLeaderEpoch
  24, // AddPartitionsToTxn
  36, // SaslAuthenticate
  60, // DescribeCluster
  71, // GetTelemetrySubscriptions
  72, // PushTelemetry
]);

interface Pending {
  readonly head: RequestHead;
  readonly onResponse: (body: ByteReader) => Answer;
}

/** One Kafka connection: requests remembered by correlation id until their responses come. */
export class KafkaSession implements Conversation {
  private readonly means: Means;
  private readonly pending = new Map<number, Pending>();
  readonly toServer: Direction;
  readonly toClient: Direction;

  constructor(means: Means) {
    this.means = means;
    this.toServer = this.direction((frame) => this.onRequest(frame));
    this.toClient = this.direction((frame) => this.onResponse(frame));
  }

  private direction(handle: (frame: Buffer) => Fate | Promise<Fate>): Direction {
    const framer = new LengthFramer();
    let isToldRaw = false;
    return {
      push: (chunk) => {
        framer.push(chunk);
        return frames(framer);
      },
      handle: (frame) => {
        if (framer.isRaw()) {
          if (!isToldRaw) this.means.state.countUnknown("kafka: unreadable bytes");
          isToldRaw = true;
          return { bytes: frame };
        }
        try {
          return handle(frame);
        } catch {
          // Not understood is not broken: the bytes go on as they came.
          this.means.state.countUnknown("kafka: unreadable frame");
          return { bytes: frame };
        }
      },
    };
  }

  private onRequest(frame: Buffer): Fate | Promise<Fate> {
    const { head, body } = readRequestHead(frame);
    const begin = EXCHANGES[head.apiKey];
    if (begin === undefined || head.version > (VERSIONS[head.apiKey]?.max ?? -1)) {
      if (!IRRELEVANT.has(head.apiKey)) {
        this.means.state.countUnknown(`kafka: api ${head.apiKey} version ${head.version}`);
      }
      return { bytes: frame };
    }
    const { requested, onResponse } = begin(this.means, body, head.version);
    if (onResponse !== undefined) {
      if (this.pending.size >= PENDING_MAX) this.pending.clear();
      this.pending.set(head.correlationId, { head, onResponse });
    }
    return decided(frame, requested);
  }

  private onResponse(frame: Buffer): Fate | Promise<Fate> {
    const pending = this.pending.get(frame.readInt32BE(4));
    if (pending === undefined) return { bytes: frame };
    this.pending.delete(pending.head.correlationId);
    const { held, forwarded } = pending.onResponse(readResponseBody(frame, pending.head));
    return decided(frame, held, forwarded);
  }
}

/** Metadata: the names of topic ids, which newer requests use instead. */
function metadataExchange(means: Means, _: ByteReader, version: number): Exchange {
  return {
    requested: null,
    onResponse: (answer) => {
      means.state.learnTopics(readTopicIds(answer, version));
      return NO_REMARK;
    },
  };
}

function decided(
  bytes: Buffer,
  held: Promise<HeldFrameDecision> | null,
  forwarded?: () => void,
): Fate | Promise<Fate> {
  if (held === null) return { bytes, forwarded };
  return held.then((decision) => (decision === "drop" ? "drop" : { bytes, forwarded }));
}

function* frames(framer: LengthFramer): Generator<Buffer> {
  for (let frame = framer.next(FRAME); frame !== null; frame = framer.next(FRAME)) yield frame;
}
