import { connect, type Socket } from "node:net";
import { HarnessError } from "../../model/errors.ts";
import type { HostPort } from "../../ports/basics.ts";
import { withDeadline } from "../process/deadline.ts";

const LEAVE_GROUP = 13;
const VERSION = 1;
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

  /** The broker's error code; 0 is success, 25 is UNKNOWN_MEMBER_ID. */
  async leave(group: string, memberId: string): Promise<number> {
    // The broker may have been restarted since.
    if (this.socket.destroyed) this.socket = await openSocket(this.address);
    this.correlationId += 1;
    const answer = new Promise<number>((resolve, reject) => {
      let received = Buffer.alloc(0);
      const onData = (chunk: Buffer): void => {
        received = Buffer.concat([received, chunk]);
        if (received.length < 4 + 4 + 4 + 2) return;
        finish();
        resolve(received.readInt16BE(12));
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
    this.socket.write(leaveGroupRequest(this.correlationId, group, memberId));
    return withDeadline(
      { what: `Kafka to answer LeaveGroup of ${memberId}`, timeoutMs: ANSWER_TIMEOUT_MS },
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
  const head = Buffer.alloc(8);
  head.writeInt16BE(LEAVE_GROUP, 0);
  head.writeInt16BE(VERSION, 2);
  head.writeInt32BE(correlationId, 4);
  const body = Buffer.concat([
    head,
    kafkaString("gameday"),
    kafkaString(group),
    kafkaString(memberId),
  ]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length, 0);
  return Buffer.concat([size, body]);
}

function kafkaString(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
}
