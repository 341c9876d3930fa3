import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { pollUntil } from "../process/deadline.ts";
import { openEngine } from "./engine.ts";
import { RUN_LABEL } from "./labels.ts";

const home = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gameday-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLEANUP_MS_MAX = 15_000;

/** A real run, with everything it says. */
function run(): { readonly harness: ChildProcess; readonly said: () => string } {
  const harness = spawn(
    process.execPath,
    [
      "harness/cli/main.ts",
      "run",
      "baseline",
      "--stack=docker",
      "--workers=1",
      `--output=${folder}`,
    ],
    { cwd: home, stdio: ["ignore", "ignore", "pipe"] },
  );
  let text = "";
  harness.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  return { harness, said: () => text };
}

/** Containers and networks of this run. */
async function thingsOf(runId: string): Promise<number> {
  const { docker } = await openEngine();
  const all = [
    ...(await docker.listContainers({ all: true })),
    ...(await docker.listNetworks()),
  ].filter(({ Labels: labels }) => labels?.[RUN_LABEL] === runId);
  return all.length;
}

test.each([
  ["while its first containers start", async (runId: string) => (await thingsOf(runId)) >= 3],
  ["with its subjects at work", (_: string, said: string) => Promise.resolve(/steady/.test(said))],
])("a harness killed with -9 %s leaves nothing after 15 s", async (_, isDue) => {
  const { harness, said } = run();
  const runId = await pollUntil({ what: "a run id", timeoutMs: 20_000, everyMs: 20 }, () =>
    Promise.resolve(/run (\S+), seed/.exec(said())?.[1] ?? null),
  );
  await pollUntil({ what: "the moment to kill", timeoutMs: 90_000, everyMs: 20 }, async () =>
    (await isDue(runId, said())) ? true : null,
  );
  harness.kill("SIGKILL");
  expect(await thingsOf(runId)).toBeGreaterThan(0);
  await pollUntil(
    { what: "the reaper to remove everything", timeoutMs: CLEANUP_MS_MAX, everyMs: 200 },
    async () => ((await thingsOf(runId)) === 0 ? true : null),
  );
});
