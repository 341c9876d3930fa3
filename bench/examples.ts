/**
 * Renders reports/examples again from their journals; with --run, rehearses them anew first (real Kafka,
 * real Postgres, about a minute). Usage: npm run examples [-- --run]
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SCENARIO = "kill-consumer-between-commit-and-ack";
const EXAMPLES = [
  { name: "pass", flags: [], against: null },
  { name: "violated", flags: ["--variant", "no-dedup"], against: "pass" },
  { name: "inconclusive", flags: ["--disarm"], against: null },
] as const;

const folderOf = (name: string): string => join(ROOT, "reports/examples", name);

const gameday = (args: readonly string[]): void => {
  execFileSync(process.execPath, [join(ROOT, "bin/gameday.mjs"), ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
};

/** Exit codes 1 and 2 are what two of the examples are for; what matters is the result they leave. */
function rehearsed(flags: readonly string[]): string {
  const output = mkdtempSync(join(tmpdir(), "gameday-examples-"));
  try {
    gameday([
      "run",
      SCENARIO,
      "--stack",
      "local",
      "--seed",
      "7",
      "--quiet",
      "--output",
      output,
      ...flags,
    ]);
  } catch {
    // Said by the exit code of a violated or inconclusive run; a missing result fails below.
  }
  return output;
}

function keep(output: string, folder: string): void {
  const run = join(output, "latest");
  cpSync(join(run, "result.json"), join(folder, "result.json"));
  writeFileSync(
    join(folder, "journal.ndjson.gz"),
    gzipSync(readFileSync(join(run, "journal.ndjson")), { level: 9 }),
  );
  rmSync(output, { recursive: true, force: true });
}

if (process.argv.includes("--run")) {
  // All before any is kept: what is kept makes the checkout differ from its commit.
  const runs = EXAMPLES.map(({ name, flags }) => ({ name, output: rehearsed(flags) }));
  for (const { name, output } of runs) keep(output, folderOf(name));
}
for (const { name, against } of EXAMPLES) {
  const other = against === null ? [] : ["--against", folderOf(against)];
  gameday(["report", folderOf(name), "--format", "html,md,rehearsal", ...other]);
}
