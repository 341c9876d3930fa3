import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import type { RunResult } from "../model/result.ts";

const home = fileURLToPath(new URL("../..", import.meta.url));
const program = join(home, "bin", "gameday.mjs");
const folder = mkdtempSync(join(tmpdir(), "gameday-limits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RUN = [program, "run", "baseline", "--stack", "local", "--seed", "7"];
const { CI: _, ...env } = process.env;

interface Held {
  readonly text: () => string;
  readonly code: Promise<number | null>;
}

/** Settles once the run says how it is to be ended. */
async function keptUpRun(output: string): Promise<Held> {
  const args = [...RUN, "--keep-up", "--output", output];
  const child = spawn(process.execPath, args, {
    cwd: home,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += String(chunk)));
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      text += String(chunk);
      if (text.includes("to end it: ")) resolve();
    });
    void code.then(() => reject(new Error(`It ended: ${text}`)));
  });
  return { text: () => text, code };
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

test("--keep-up holds every address up until gameday clean, and the verdict is of what came before", async () => {
  const output = join(folder, "kept");
  const held = await keptUpRun(output);
  const ports = [...held.text().matchAll(/127\.0\.0\.1:(\d+)/g)].map((found) => Number(found[1]));
  expect(held.text()).toContain("kept up after baseline (pass)");
  expect(ports.length).toBeGreaterThanOrEqual(5);
  expect(await Promise.all(ports.map(isListening))).toEqual(ports.map(() => true));
  const health = /health of consumer-1 +(\S+)/.exec(held.text())?.[1] ?? "";
  expect((await fetch(health)).ok).toBe(true);

  const clean = await promisify(execFile)(process.execPath, [program, "clean"], { env });
  expect(clean.stdout).toMatch(/ended run \S+, which was kept up/);
  expect(await held.code).toBe(0);
  expect(await Promise.all(ports.map(isListening))).toEqual(ports.map(() => false));
  expect(held.text()).toContain(`report: ${output}`);
}, 120_000);

test("a scenario over --timeout is ended, and is inconclusive with the deadline named", async () => {
  const output = join(folder, "limited");
  const run = promisify(execFile)(process.execPath, [
    ...RUN,
    "--timeout",
    "1s",
    "--output",
    output,
  ]);
  const code = await run.then(
    () => 0,
    (error: unknown) => (error as { readonly code: number }).code,
  );
  expect(code).toBe(2);
  const text = readFileSync(join(output, "latest", "result.json"), "utf8");
  const { scenarios, error } = JSON.parse(text) as RunResult;
  expect(error).toBeUndefined();
  expect(scenarios.map(({ verdict }) => verdict)).toEqual(["inconclusive"]);
  expect(scenarios[0]?.error?.message).toMatch(/baseline was ended at its time limit of 1 s/);
}, 120_000);
