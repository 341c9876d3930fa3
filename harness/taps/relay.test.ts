import { once } from "node:events";
import { createConnection, createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startRelay, type Direction } from "./relay.ts";

/** Forwards every chunk as one frame and tells `onForwarded` once it has gone on. */
function direction(onForwarded: () => void, before?: () => Promise<void>): Direction {
  return {
    push: (chunk) => [chunk],
    handle: async (bytes) => {
      await before?.();
      return { bytes, forwarded: onForwarded };
    },
  };
}

/** A server whose first connection is `accepted`, behind a relay that holds answers until `answer`. */
async function relayed() {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    accepted.resolve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const held = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const told: string[] = [];
  const { port } = server.address() as AddressInfo;
  const relay = await startRelay({ host: "127.0.0.1", port }, () => ({
    toServer: direction(() => told.push("request")),
    toClient: direction(
      () => told.push("answer"),
      () => {
        held.resolve();
        return decided.promise;
      },
    ),
  }));
  const client = createConnection(relay.listen.port, "127.0.0.1");
  client.on("error", () => undefined);
  client.resume();
  onTestFinished(async () => {
    client.destroy();
    await relay.close();
    server.close();
  });
  return { relay, client, upstream: await accepted.promise, told, held, answer: decided.resolve };
}

test("an answer that goes on to its client is counted and told", async () => {
  const { relay, client, upstream, told, held, answer } = await relayed();
  client.write("ask");
  await once(upstream, "data");
  upstream.write("answer");
  await held.promise;
  answer();
  await once(client, "data");
  expect(relay.answeredFrames()).toBe(1);
  expect(told).toEqual(["request", "answer"]);
});

test.each(["destroy", "end"] as const)(
  "an answer to a client that is gone (%s) is neither counted nor told",
  async (leave) => {
    const { relay, client, upstream, told, held, answer } = await relayed();
    client.write("ask");
    await once(upstream, "data");
    upstream.write("answer");
    await held.promise;
    client[leave]();
    await once(upstream, "end");
    answer();
    await once(upstream, "close");
    expect(relay.answeredFrames()).toBe(0);
    expect(told).toEqual(["request"]);
  },
);
