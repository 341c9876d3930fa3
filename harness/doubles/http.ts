import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const BODY_BYTES_MAX = 1_048_576;

/** The whole body as text; null when it is too large or its sender went away. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > BODY_BYTES_MAX) return null;
      chunks.push(bytes);
    }
  } catch {
    return null; // the caller went away before its request was complete: nothing was received
  }
  return Buffer.concat(chunks).toString("utf8");
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** Resolves when the caller has closed its connection. */
export function gone(response: ServerResponse): Promise<void> {
  if (response.destroyed || response.socket === null || response.socket.destroyed) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    response.once("close", () => resolve());
  });
}

/** Listens on a free port of this address. */
export function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => resolve());
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export function addressOf(server: Server | undefined): AddressInfo | null {
  const address = server?.address();
  return typeof address === "object" ? address : null;
}
