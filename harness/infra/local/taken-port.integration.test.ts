import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { HarnessError } from "../../model/errors.ts";
import { RunSession } from "../process/run-session.ts";
import { cacheFolder } from "../process/cache.ts";
import { occupiedFirst } from "../testing/occupied-first.ts";
import { startKafka } from "./kafka-server.ts";
import { createLocalStack } from "./local-stack.ts";
import { startPostgres } from "./postgres-server.ts";
import { startToxiproxy } from "./toxiproxy.ts";

const folder = await mkdtemp(join(tmpdir(), "gameday-taken-"));
const occupant = createServer();
await new Promise<void>((resolve) => {
  occupant.listen(0, "127.0.0.1", () => resolve());
});
const address = occupant.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
const session = await RunSession.open({
  cacheFolder: cacheFolder(),
  runId: `taken-${process.pid}`,
  progress: () => undefined,
});
const context = { session, logFolder: folder, progress: () => undefined };
afterAll(async () => {
  await session.close();
  occupant.close();
  await rm(folder, { recursive: true, force: true });
});

test("a port that is taken between choosing and starting: the stack starts on others", async () => {
  const said: string[] = [];
  const { choosePorts, choices } = occupiedFirst(port);
  const stack = await createLocalStack(choosePorts).start({
    brokers: 1,
    roles: ["consumer-1"],
    runFolder: folder,
    runId: `retried-${process.pid}`,
    progress: (line) => said.push(line),
  });
  const upstream = { host: "127.0.0.1", port: 1 };
  const link = stack.proxies.createProxy({ name: "late", listenPort: port, upstream });
  await expect(link).rejects.toMatchObject({
    code: "environment",
    message: expect.stringMatching(new RegExp(`link late on port ${port}: .*run again`)),
  });
  await stack.stop();
  expect(said).toContain(
    "A port was taken by another program meanwhile: starting again on other ports",
  );
  expect(choices()).toBe(2);
});

test.each([
  ["kafka", () => startKafka(context, [], [{ node: 1, observer: port, controller: port + 1 }])],
  ["postgres", () => startPostgres(context, port)],
  ["toxiproxy", () => startToxiproxy(context, port)],
])("%s on a port that is taken: environment, with its last log lines", async (server, start) => {
  const error = await start().then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(HarnessError);
  const { code, message, details } = error as HarnessError;
  expect(code).toBe("environment");
  // Toxiproxy lives on without its API when the port is taken; the others end at once.
  expect(message).toMatch(new RegExp(`^${server} ended at start|waiting for ${server} to answer`));
  expect(details.join("\n")).toMatch(/in use/i);
});
