import type { HeldFrameDecision } from "../../ports/tap.ts";
import {
  LengthFramer,
  WHOLE_BYTES_MAX,
  type FrameShape,
  type Treatment,
} from "../length-framer.ts";
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

const LENGTH = { lengthAt: 0, extra: 4, lengthMax: 100 * 1024 * 1024 } as const;
const PENDING_MAX = 10_000;
/** Beyond what any Kafka has (api 92, version 18 in 4.3.1): bytes like that are no request. */
const API_KEY_MAX = 200;
const VERSION_MAX = 40;

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

/** Requests that tell nothing of deliveries, commits, publishes or membership: relayed by design. */
const BY_DESIGN: Readonly<Record<number, string>> = {
  2: "ListOffsets",
  9: "OffsetFetch",
  10: "FindCoordinator",
  17: "SaslHandshake",
  18: "ApiVersions",
  23: "OffsetForLeaderEpoch",
  24: "AddPartitionsToTxn",
  32: "DescribeConfigs",
  36: "SaslAuthenticate",
  60: "DescribeCluster",
  71: "GetTelemetrySubscriptions",
  72: "PushTelemetry",
};

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
    this.toServer = this.direction({
      shape: {
        ...LENGTH,
        lengthMin: 8,
        headBytes: 12,
        treat: (head, size) => this.treatRequest(head, size),
      },
      handle: (frame) => this.onRequest(frame),
    });
    this.toClient = this.direction({
      shape: {
        ...LENGTH,
        lengthMin: 4,
        headBytes: 8,
        treat: (head, size) => this.treatResponse(head, size),
      },
      handle: (frame) => this.onResponse(frame),
    });
  }

  private direction(way: {
    readonly shape: FrameShape;
    readonly handle: (frame: Buffer) => Fate | Promise<Fate>;
  }): Direction {
    const framer = new LengthFramer();
    let isToldRaw = false;
    return {
      push: (chunk) => {
        framer.push(chunk);
        return frames(framer, way.shape);
      },
      handle: (frame) => {
        if (framer.isPart()) return { bytes: frame };
        if (framer.isRaw()) {
          if (!isToldRaw) this.means.state.countUnknown("kafka: unreadable bytes");
          isToldRaw = true;
          return { bytes: frame };
        }
        try {
          return way.handle(frame);
        } catch {
          // Not understood is not broken: the bytes go on as they came.
          this.means.state.countUnknown("kafka: unreadable frame");
          return { bytes: frame };
        }
      },
    };
  }

  private treatRequest(head: Buffer, size: number): Treatment {
    const { state } = this.means;
    const apiKey = head.readInt16BE(4);
    const version = head.readInt16BE(6);
    const isPossible =
      apiKey >= 0 && apiKey <= API_KEY_MAX && version >= 0 && version <= VERSION_MAX;
    if (!isPossible) return "no-frame";
    const known = BY_DESIGN[apiKey];
    const isRead = EXCHANGES[apiKey] !== undefined && version <= (VERSIONS[apiKey]?.max ?? -1);
    if (isRead && size <= WHOLE_BYTES_MAX) return "whole";
    if (known !== undefined) state.countRelayed(`kafka: ${known}`);
    else if (isRead) state.countUnknown(`kafka: api ${apiKey}, request too large`);
    else state.countUnknown(`kafka: api ${apiKey} version ${version}`);
    return "stream";
  }

  /** Nobody waits for an answer to what is not read, so it is not read either. */
  private treatResponse(head: Buffer, size: number): Treatment {
    const pending = this.pending.get(head.readInt32BE(4));
    if (pending === undefined) return "stream";
    if (size <= WHOLE_BYTES_MAX) return "whole";
    this.pending.delete(pending.head.correlationId);
    this.means.state.countUnknown(`kafka: api ${pending.head.apiKey}, response too large`);
    return "stream";
  }

  private onRequest(frame: Buffer): Fate | Promise<Fate> {
    const { head, body } = readRequestHead(frame);
    const begin = EXCHANGES[head.apiKey];
    if (begin === undefined) return { bytes: frame };
    const { requested, onResponse } = begin(this.means, body, head.version);
    if (onResponse !== undefined) this.await({ head, onResponse });
    return decided(frame, requested);
  }

  private await(pending: Pending): void {
    const [oldest] = this.pending.keys();
    if (oldest !== undefined && this.pending.size >= PENDING_MAX) {
      this.pending.delete(oldest);
      this.means.state.countUnknown("kafka: request forgotten before its response");
    }
    this.pending.set(pending.head.correlationId, pending);
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

function* frames(framer: LengthFramer, shape: FrameShape): Generator<Buffer> {
  for (let frame = framer.next(shape); frame !== null; frame = framer.next(shape)) yield frame;
}
