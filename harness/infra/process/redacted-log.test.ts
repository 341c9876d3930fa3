import { spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { pipeRedacted } from "./redacted-log.ts";

const scratch = mkdtempSync(join(tmpdir(), "gameday-log-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What the file holds once a child that runs this has written to it. */
async function logOf(script: string): Promise<string> {
  const path = join(mkdtempSync(join(scratch, "log-")), "log");
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "pipe"] });
  pipeRedacted(child, openSync(path, "a"), (text) => text.replaceAll("CANARY", "[redacted]"));
  await new Promise((resolve) => child.once("close", resolve));
  return readFileSync(path, "utf8");
}

test.each<[string, string, string]>([
  ["whole lines", `console.log("a CANARY"); console.error("b CANARY")`, "a [redacted]\n"],
  [
    "a secret written in two parts",
    `process.stdout.write("CAN"); setTimeout(() => process.stdout.write("ARY\\n"), 50)`,
    "[redacted]\n",
  ],
  ["a last line without its end", `process.stdout.write("x CANARY")`, "x [redacted]"],
  ["characters of several bytes", `console.log("é漢 CANARY ü")`, "é漢 [redacted] ü\n"],
])("%s", async (_, script, expected) => {
  const text = await logOf(script);
  expect(text).toContain(expected);
  expect(text).not.toContain("CANARY");
});

test("a line of a megabyte is written in parts, and no secret is cut in two", async () => {
  const text = await logOf(`process.stdout.write("CANARY".padEnd(1000, "-").repeat(1000))`);
  expect(text).not.toMatch(/CAN(?!ARY)|(?<!CAN)ARY|CANARY/);
  expect(text.match(/\[redacted\]/g)).toHaveLength(1000);
});

test("what a killed child has said is kept", async () => {
  const text = await logOf(`console.log("said"); process.kill(process.pid, "SIGKILL")`);
  expect(text).toBe("said\n");
});
