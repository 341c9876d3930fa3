import { connect, type Socket } from "node:net";
import { HarnessError } from "../../model/errors.ts";
import type { HostPort } from "../../ports/basics.ts";
import { withDeadline } from "../process/deadline.ts";

const LEAVE_GROUP = 13;
const VERSION = 1;
const CONSUMER_GROUP_HEARTBEAT = 68;
const UNKNOWN_MEMBER_ID = 25;
/** KIP-848: the epoch with which a member leaves. */
const LEAVING_EPOCH = -1;
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Speaks LeaveGroup v1 on a connection opened beforehand: the coordinator checks only the member id,
 * so the harness can end a dead member's session at once. One broker is its own coordinator.
 */
export class GroupLeaver {
  private readonly address: HostPort;
  private socket: Socket;
  private correlationId = 0;

  private constructor(address: HostPort, socket: Socket) {
    this.address = address;
    this.socket = socket;
  }

  static async open(address: HostPort): Promise<GroupLeaver> {
    return new GroupLeaver(address, await openSocket(address));
  }

  /**
   * The broker's error code; 0 is success. A member that the classic protocol does not know (25 is
   * UNKNOWN_MEMBER_ID) may be one of KIP-848, which leaves with a heartbeat of epoch -1.
   */
  async leave(group: string, memberId: string): Promise<number> {
    // The broker may have been restarted since.
    if (this.socket.destroyed) this.socket = await openSocket(this.address);
    const classic = await this.ask((id) => leaveGroupRequest(id, group, memberId), 4 + 4 + 4);
    if (classic !== UNKNOWN_MEMBER_ID) return classic;
    const left = await this.ask((id) => leavingHeartbeat(id, group, memberId), 4 + 4 + 1 + 4);
    // Neither knows it: the classic answer is the one that callers understand.
    return left === 0 ? left : classic;
  }

  /** Sends a request and reads the error code that stands at `codeAt` of its answer. */
  private ask(request: (correlationId: number) => Buffer, codeAt: number): Promise<number> {
    this.correlationId += 1;
    const answer = new Promise<number>((resolve, reject) => {
      let received = Buffer.alloc(0);
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        if (received.length < codeAt + 2) return;
        finish();
        resolve(received.readInt16BE(codeAt));
      };
      const onClose = (): void => {
        finish();
        reject(new HarnessError("environment", "Kafka closed the connection used for LeaveGroup."));
      };
      const finish = (): void => {
        this.socket.off("data", onData);
        this.socket.off("close", onClose);
      };
      this.socket.on("data", onData);
      this.socket.on("close", onClose);
    });
    this.socket.write(request(this.correlationId));
    return withDeadline(
      { what: "Kafka to answer for a member that leaves", timeoutMs: ANSWER_TIMEOUT_MS },
      answer,
    );
  }

  close(): void {
    this.socket.destroy();
  }
}

async function openSocket(address: HostPort): Promise<Socket> {
  const socket = connect({ host: address.host, port: address.port });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", () => resolve());
    socket.once("error", reject);
  });
  // An error closes the socket; leave() then fails by its deadline, or opens another.
  socket.on("error", () => undefined);
  return socket;
}

/** LeaveGroup request v1 (Kafka protocol guide): header v1, group id, member id. */
export function leaveGroupRequest(correlationId: number, group: string, memberId: string): Buffer {
  const head = headOf({ api: LEAVE_GROUP, version: VERSION, correlationId });
  return sized([head, kafkaString(group), kafkaString(memberId)]);
}

/** ConsumerGroupHeartbeat request v0 (flexible: header v2, compact strings) that leaves the group. */
export function leavingHeartbeat(correlationId: number, group: string, memberId: string): Buffer {
  const head = headOf({ api: CONSUMER_GROUP_HEARTBEAT, version: 0, correlationId });
  const noTags = Buffer.from([0]);
  // Instance id and rack null; rebalance timeout -1; topics, assignor and partitions null.
  const rest = Buffer.concat([Buffer.from([0, 0]), int32(-1), Buffer.from([0, 0, 0])]);
  const member = [compactString(group), compactString(memberId), int32(LEAVING_EPOCH)];
  return sized([head, noTags, ...member, rest, noTags]);
}

function headOf(request: {
  readonly api: number;
  readonly version: number;
  readonly correlationId: number;
}): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt16BE(request.api, 0);
  head.writeInt16BE(request.version, 2);
  head.writeInt32BE(request.correlationId, 4);
  return Buffer.concat([head, kafkaString("gameday")]);
}

function sized(parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Length + 1 as one byte: ids here are shorter than 127 bytes, else two. */
function compactString(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const length = bytes.length + 1;
  const head = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from(head), bytes]);
}

function kafkaString(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}
