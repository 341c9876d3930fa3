import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StartedStack } from "../../ports/stack.ts";
import { readJournal } from "../process/journal.ts";
import { startTimeOf } from "../process/process-identity.ts";
import { cacheFolder } from "../process/cache.ts";
import { stackContract } from "../testing/stack-contract.ts";
import { createLocalStack } from "./local-stack.ts";

const RUN_ID = `integration-${process.pid}`;
const JOURNAL = join(cacheFolder(), "runs", `${RUN_ID}.json`);
let folder: string;
let stack: StartedStack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gameday-test-"));
  stack = await createLocalStack().start({
    brokers: 1,
    roles: ["consumer-1"],
    runFolder: folder,
    runId: RUN_ID,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
}, 600_000);

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

stackContract({
  stack: () => stack,
  folder: () => folder,
  subject: (script) => ({
    command: script === null ? ["/no/such/program"] : [process.execPath, "-e", script],
  }),
});

test("after the stop nothing is left: no process, no folder, no journal", async () => {
  const journal = readJournal(JOURNAL);
  expect(journal?.processes.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["kafka", "postgres", "toxiproxy"]),
  );
  process.stderr.write(`startupMs ${JSON.stringify(stack.startupMs)}\n`);

  await stack.stop();

  for (const { pid, startTime } of journal?.processes ?? []) {
    expect(startTimeOf(pid)).not.toBe(startTime);
  }
  expect(journal?.folders.filter((path) => existsSync(path))).toEqual([]);
  expect(existsSync(JOURNAL)).toBe(false);
});
