import { createServer, type Server } from "node:net";
import { HarnessError } from "../../model/errors.ts";

/** Below Linux' ephemeral range, so that no outgoing connection takes a port chosen here. */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const ATTEMPTS_MAX = 2_000;

const handedOut = new Set<number>();

function tryBind(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Ports of 127.0.0.1 that were free a moment ago; never the same one twice in this process. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const bound: { readonly port: number; readonly server: Server }[] = [];
  try {
    for (let attempt = 0; bound.length < count; attempt += 1) {
      if (attempt >= ATTEMPTS_MAX) {
        throw new HarnessError(
          "environment",
          `Found only ${bound.length} of ${count} free ports in ${PORT_MIN}-${PORT_MAX}. Stop what uses them.`,
        );
      }
      const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
      const server = handedOut.has(port) ? null : await tryBind(port);
      if (server !== null) {
        handedOut.add(port);
        bound.push({ port, server });
      }
    }
    return bound.map(({ port }) => port);
  } finally {
    await Promise.all(bound.map(({ server }) => close(server)));
  }
}
