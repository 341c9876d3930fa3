import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endKeptUp, keptUp, noteKeptUp } from "./kept-up.ts";
import { bootId, startTimeOf } from "./process-identity.ts";

let cache = "";
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "gameday-kept-up-"));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

function write(name: string, record: unknown): string {
  mkdirSync(join(cache, "kept-up"), { recursive: true });
  const file = join(cache, "kept-up", name);
  writeFileSync(file, typeof record === "string" ? record : JSON.stringify(record));
  return file;
}

test("a run is known as held up until it is no longer", () => {
  expect(keptUp(cache)).toEqual([]);
  {
    using held = noteKeptUp(cache, "run-1");
    void held;
    expect(keptUp(cache)).toEqual(["run-1"]);
  }
  expect(keptUp(cache)).toEqual([]);
});

test.each([
  ["of a process that is dead", { runId: "r", bootId: bootId(), pid: 2 ** 22, startTime: "1" }],
  [
    "of another process with the same id",
    { runId: "r", bootId: bootId(), pid: process.pid, startTime: "1" },
  ],
  [
    "of another boot",
    { runId: "r", bootId: "other", pid: process.pid, startTime: startTimeOf(process.pid) },
  ],
  ["of a process group", { runId: "r", bootId: bootId(), pid: -1, startTime: "1" }],
  ["that is none", "{"],
])("a record %s signals nobody and is removed", async (_, record) => {
  const file = write("r.json", record);
  expect(await endKeptUp(cache)).toEqual({ ended: [], kept: [] });
  expect(existsSync(file)).toBe(false);
});

test("the process that holds a run up is told to end, and is waited for", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  const pid = child.pid ?? 0;
  write("r.json", { runId: "r", bootId: bootId(), pid, startTime: startTimeOf(pid) });
  expect(await endKeptUp(cache)).toEqual({ ended: ["r"], kept: [] });
  expect(startTimeOf(pid)).toBeNull();
  expect(readdirSync(join(cache, "kept-up"))).toEqual([]);
});

test("one that does not end in time is named", async () => {
  const child = spawn(
    process.execPath,
    [
      "-e",
      "process.on('SIGTERM', () => undefined); console.log(); setInterval(() => undefined, 1000)",
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const pid = child.pid ?? 0;
  write("r.json", { runId: "r", bootId: bootId(), pid, startTime: startTimeOf(pid) });
  expect(await endKeptUp(cache, 100)).toEqual({ ended: [], kept: ["r"] });
  child.kill("SIGKILL");
});
