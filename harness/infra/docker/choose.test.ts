import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chooseStack } from "./choose.ts";
import { diagnoseDocker } from "./diagnose.ts";
import { requireEngine } from "./probe.ts";

const images = { kafka: "a/kafka:1", postgres: "postgres:1", toxiproxy: "ghcr.io/x/toxiproxy:1" };
const VERSION = { Version: "28.0.1", ApiVersion: "1.48", Platform: { Name: "Docker Engine" } };

let folder: string;
let server: Server | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gameday-engine-"));
  vi.stubEnv("DOCKER_HOST", `unix://${join(folder, "docker.sock")}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  await new Promise<void>((resolve) =>
    server === null ? resolve() : server.close(() => resolve()),
  );
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

/** An engine that answers these paths, and 404 with a message to all others. */
async function engine(answers: Readonly<Record<string, unknown>>): Promise<void> {
  const listening = createServer((request, response) => {
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { message: "no such thing" }));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(join(folder, "docker.sock"), resolve));
}

const here = (image: string): string => `/images/${image}/json`;
const there = (image: string): string => `/distribution/${image}/json`;

test("no engine means the local stack, and the line names the socket that was asked", async () => {
  const { stack, why } = await chooseStack(images);
  expect(stack).toBe("local");
  expect(why).toMatch(/^stack local: DOCKER_HOST at unix:\/\/.*docker\.sock/);
});

test("an engine that has every image means docker", async () => {
  const all = Object.values(images).map((image) => [here(image), {}] as const);
  await engine({ "/version": VERSION, ...Object.fromEntries(all) });
  expect(await chooseStack(images)).toEqual({
    stack: "docker",
    why: "stack docker: Docker Engine 28.0.1 answers and has all images",
  });
});

test("an image that its registry has can be pulled, so docker it is", async () => {
  const { kafka, postgres, toxiproxy } = images;
  await engine({
    "/version": VERSION,
    [here(kafka)]: {},
    [here(postgres)]: {},
    [there(toxiproxy)]: {},
  });
  expect((await chooseStack(images)).why).toMatch(/can pull 1 of 3 images$/);
});

test("an image that is nowhere means local, and the line names it", async () => {
  const { kafka, postgres } = images;
  await engine({ "/version": VERSION, [here(kafka)]: {}, [here(postgres)]: {} });
  const { stack, why } = await chooseStack(images);
  expect(stack).toBe("local");
  expect(why).toMatch(/image ghcr\.io\/x\/toxiproxy:1 is not here, and no such thing/);
});

test("asked for docker without an engine, the error says how to start one", async () => {
  await expect(requireEngine()).rejects.toMatchObject({
    code: "environment",
    message: expect.stringMatching(/No container engine answers: .*Fix: start the engine/),
  });
});

test("what answers without a version is no engine", async () => {
  await engine({});
  await expect(requireEngine()).rejects.toThrow(/answered 404 to \/version/);
});

test("the doctor tells a full engine, and names the image that is missing with its fix", async () => {
  await engine({
    "/version": VERSION,
    "/info": { MemTotal: 1024 ** 3, SecurityOptions: ["name=rootless"], OperatingSystem: "Linux" },
    [here(images.kafka)]: {},
    [here(images.postgres)]: {},
  });
  const found = await diagnoseDocker(images);
  const missing = found.filter(({ status }) => status === "missing");
  expect(found[0]?.found).toBe("Docker Engine 28.0.1 (API 1.48), Linux, rootless");
  expect(missing.map(({ name }) => name)).toEqual(["Engine's memory", "Image"]);
  expect(missing[1]?.fix).toMatch(/^docker pull ghcr\.io\/x\/toxiproxy:1/);
});
