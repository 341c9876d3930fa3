import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StartedStack } from "../../ports/stack.ts";
import { cacheFolder } from "../process/cache.ts";
import { occupiedFirst } from "../testing/occupied-first.ts";
import { stackContract } from "../testing/stack-contract.ts";
import { createDockerStack } from "./docker-stack.ts";
import { openEngine } from "./engine.ts";
import type { Images } from "./image-names.ts";
import { RUN_LABEL } from "./labels.ts";

const RUN_ID = `contract-${process.pid}`;
const NODE_IMAGE = "node:24-bookworm-slim";
let folder: string;
let stack: StartedStack;

async function leftOf(runId: string): Promise<number> {
  const { docker } = await openEngine();
  const filters = { label: [`${RUN_LABEL}=${runId}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  return containers.length + networks.length;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gameday-test-"));
  stack = await createDockerStack({
    docker: undefined,
    containers: [{ image: NODE_IMAGE }],
    configFolder: folder,
  }).start({
    brokers: 1,
    roles: ["consumer-1"],
    runFolder: folder,
    runId: RUN_ID,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
}, 240_000);

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

stackContract({
  stack: () => stack,
  folder: () => folder,
  subject: (script) => ({
    command: ["unused"],
    container:
      script === null
        ? { image: "localhost:9/no/such:image" }
        : { image: NODE_IMAGE, command: ["node", "-e", script] },
  }),
});

test("Postgres and the broker come back on the same data and addresses", async () => {
  const { servers, broker } = stack;
  await broker.createTopics([{ topic: "kept", partitions: 1 }]);
  expect(await servers.stopPostgres("immediate")).toMatch(/^postgres .* is gone \(SIGQUIT\)$/);
  expect(await servers.startPostgres()).toMatch(/answers again/);
  expect(await servers.pauseBroker(1)).toMatch(/frozen by the engine/);
  await servers.resumeBroker(1);
  expect(await servers.stopBroker(1, "kill")).toMatch(/is gone \(SIGKILL\)$/);
  await servers.startBroker(1);
  expect(await broker.endOffsets("kept")).toEqual([0]);
});

test("an image that is nowhere and one that ends at start name the cause and the fix", async () => {
  const failing = (images: Partial<Images>): Promise<StartedStack> =>
    createDockerStack({ docker: { images }, containers: [], configFolder: folder }).start({
      brokers: 1,
      roles: ["consumer-1"],
      runFolder: folder,
      runId: `${RUN_ID}-failing`,
      progress: () => undefined,
    });
  await expect(failing({ kafka: "localhost:9/nobody/nothing:0" })).rejects.toMatchObject({
    code: "environment",
    message: expect.stringMatching(
      /localhost:9\/nobody\/nothing:0 is not here and could not be pulled: /,
    ),
  });
  await expect(failing({ toxiproxy: NODE_IMAGE })).rejects.toMatchObject({
    code: "environment",
    message: expect.stringMatching(/toxiproxy ended at start \(code \d+/),
    details: expect.arrayContaining([expect.stringMatching(/bad option/)]),
  });
  expect(await leftOf(`${RUN_ID}-failing`)).toBe(0);
});

test("a port that is taken between choosing and starting: the stack starts on others", async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => {
    occupant.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = occupant.address() as AddressInfo;
  const { choosePorts, choices } = occupiedFirst(port);
  const said: string[] = [];
  const retried = await createDockerStack({
    docker: undefined,
    containers: [],
    configFolder: folder,
    choosePorts,
  }).start({
    brokers: 1,
    roles: ["consumer-1"],
    runFolder: folder,
    runId: `${RUN_ID}-retried`,
    progress: (line) => said.push(line),
  });
  await retried.stop();
  occupant.close();
  expect(choices()).toBe(2);
  expect(said).toContain(
    "A port was taken by another program meanwhile: starting again on other ports",
  );
  expect(await leftOf(`${RUN_ID}-retried`)).toBe(0);
});

test("after the stop nothing is left: no container, no network, no journal", async () => {
  expect(await leftOf(RUN_ID)).toBeGreaterThan(3);
  process.stderr.write(`startupMs ${JSON.stringify(stack.startupMs)}\n`);
  await stack.stop();
  expect(await leftOf(RUN_ID)).toBe(0);
  expect(existsSync(join(cacheFolder(), "runs", `${RUN_ID}.json`))).toBe(false);
});
