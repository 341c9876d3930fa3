import { createRequire } from "node:module";
import { KafkaJSNonRetriableError, KafkaJSProtocolError } from "kafkajs";
import { expect, test, vi } from "vitest";
import { isOurs, keepAlive, type Watch } from "./revival.ts";

type Retry = (options: object) => (work: () => Promise<never>) => Promise<never>;
const retry = createRequire(import.meta.url)("kafkajs/src/retry") as Retry;

/** What kafkajs makes of an error that a handler throws: its own retrier is asked. */
function wrapped(thrown: Error): Promise<Error> {
  return retry({ initialRetryTime: 1, maxRetryTime: 1, retries: 0 })(() =>
    Promise.reject(thrown),
  ).catch((reason: unknown) => reason as Error);
}

const protocolError = new KafkaJSNonRetriableError("coordinator is going down");

test("a TypeError that kafkajs has wrapped is ours", async () => {
  const error = await wrapped(new TypeError("reading amount"));
  expect(error.name).toBe("KafkaJSNonRetriableError");
  expect(isOurs(error)).toBe(true);
});

test("an error of the protocol is not ours, wrapped or not", async () => {
  const error = Object.assign(
    new KafkaJSProtocolError(Object.assign(new Error("no"), { type: "X", code: 1 })),
    { retriable: false },
  );
  expect(isOurs(error)).toBe(false);
  expect(isOurs(await wrapped(error))).toBe(false);
});

function rig() {
  const told: string[] = [];
  const watches: Watch[] = [];
  const options = {
    start: (watch: Watch) => {
      watches.push(watch);
      return Promise.resolve();
    },
    onDead: (error: Error) => void told.push(`dead: ${error.message}`),
    onRevival: (error: Error) => void told.push(`revival: ${error.message}`),
  };
  return {
    options,
    told,
    crash: (error: Error) => watches.at(-1)?.crashed(error),
    progress: () => watches.at(-1)?.progressed(),
    started: () => watches.length,
  };
}

test("an error of our own code is fatal: no other consumer is started", async () => {
  const { options, told, crash, started } = rig();
  const kept = await keepAlive(options);
  crash(await wrapped(new TypeError("reading amount")));
  await kept.stop();
  expect(told).toEqual(["dead: reading amount"]);
  expect(started()).toBe(1);
});

test("deaths without a handled record between them come to an end", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    const { options, told, crash } = rig();
    await keepAlive(options);
    for (let death = 0; death < 21; death += 1) {
      crash(protocolError);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(told.at(-1)).toMatch(/^dead: /);
    expect(told).toHaveLength(21);
  } finally {
    vi.useRealTimers();
  }
});

test("a handled record makes earlier deaths count no more; joining the group does not", async () => {
  const { options, told, crash, progress } = rig();
  const kept = await keepAlive(options);
  for (let death = 0; death < 25; death += 1) {
    crash(protocolError);
    progress();
  }
  await kept.stop();
  expect(told.filter((line) => line.startsWith("dead"))).toEqual([]);
});

test("told to stop while the dead one's place is empty, it starts no other", async () => {
  const { options, crash, started } = rig();
  const kept = await keepAlive(options);
  crash(protocolError);
  await kept.stop();
  expect(started()).toBe(1);
});
