import {
  createConnection,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import type { HostPort } from "../ports/basics.ts";

const LOOPBACK = "127.0.0.1";
/** Bytes of one direction that may wait behind a held frame before the sender is paused. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/** What becomes of a frame: the bytes to forward, or the end of the connection. */
export type Fate =
  { readonly bytes: Buffer; readonly forwarded?: (() => void) | undefined } | "drop";

/** One direction of one connection. `push` cuts bytes into frames; `handle` decides on each. */
export interface Direction {
  push(chunk: Buffer): Iterable<Buffer>;
  handle(frame: Buffer): Fate | Promise<Fate>;
}

export interface Conversation {
  readonly toServer: Direction;
  readonly toClient: Direction;
}

export interface Relay {
  readonly listen: HostPort;
  connectionCount(): number;
  /** Frames forwarded to clients. */
  answeredFrames(): number;
  close(): Promise<void>;
}

/** A TCP relay, on loopback unless told; every connection gets a conversation of its own. */
export async function startRelay(
  upstream: HostPort,
  converse: () => Conversation,
  at: { readonly host?: string | undefined; readonly port?: number | undefined } = {},
): Promise<Relay> {
  const { host = LOOPBACK } = at;
  const sockets = new Set<Socket>();
  let connections = 0;
  let answered = 0;
  const server = createServer((client) => {
    connections += 1;
    const remote = createConnection({ host: upstream.host, port: upstream.port });
    const conversation = converse();
    for (const socket of [client, remote]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.once("close", () => sockets.delete(socket));
    }
    connect({ from: client, to: remote, direction: conversation.toServer });
    connect({
      from: remote,
      to: client,
      direction: conversation.toClient,
      onForwarded: () => (answered += 1),
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port ?? 0, host, () => resolve());
  });
  return {
    listen: { host, port: (server.address() as AddressInfo).port },
    connectionCount: () => connections,
    answeredFrames: () => answered,
    close: () => closeAll(server, sockets),
  };
}

interface Half {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  readonly onForwarded?: () => void;
}

function connect(half: Half): void {
  const queue: Buffer[] = [];
  const state = { isPumping: false, hasEnded: false };
  const pump = async (): Promise<void> => {
    if (state.isPumping) return;
    state.isPumping = true;
    for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
      if (!(await forwardChunk(half, chunk))) return destroy(half);
      if (waitingBytes(queue) < WAITING_BYTES_MAX) half.from.resume();
    }
    state.isPumping = false;
    if (state.hasEnded) half.to.end();
  };
  const run = (): void => {
    pump().catch(() => destroy(half));
  };
  half.from.on("data", (chunk: Buffer) => {
    queue.push(chunk);
    if (waitingBytes(queue) >= WAITING_BYTES_MAX) half.from.pause();
    run();
  });
  const finish = (): void => {
    state.hasEnded = true;
    run();
  };
  half.from.on("end", finish);
  half.from.on("close", finish);
  // A connection error ends this connection only; "close" follows and finishes the other side.
  half.from.on("error", () => undefined);
}

/** False when a frame was dropped, or nobody is there to take it: the connection must end. */
async function forwardChunk(half: Half, chunk: Buffer): Promise<boolean> {
  for (const frame of half.direction.push(chunk)) {
    const decided = half.direction.handle(frame);
    const fate = decided instanceof Promise ? await decided : decided;
    if (fate === "drop") return false;
    // What cannot be written was not forwarded: it is no delivery and no proof of a healed link.
    if (!half.to.writable) return false;
    if (!half.to.write(fate.bytes)) await drained(half.to);
    if (half.to.destroyed) return false;
    half.onForwarded?.();
    fate.forwarded?.();
  }
  return true;
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

function waitingBytes(queue: readonly Buffer[]): number {
  return queue.reduce((sum, chunk) => sum + chunk.length, 0);
}

function destroy(half: Half): void {
  half.from.destroy();
  half.to.destroy();
}

function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
