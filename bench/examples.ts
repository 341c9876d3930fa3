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
  { name: "pass", flags: [] },
  { name: "violated", flags: ["--variant", "no-dedup"] },
  { name: "inconclusive", flags: ["--disarm"] },
] as const;

const gameday = (args: readonly string[]): void => {
  execFileSync(process.execPath, [join(ROOT, "bin/gameday.mjs"), ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
};

/** Exit codes 1 and 2 are what two of the examples are for; what matters is the result they leave. */
function rehearse(flags: readonly string[], folder: string): void {
  const output = mkdtempSync(join(tmpdir(), "gameday-examples-"));
  try {
    gameday(["run", SCENARIO, "--seed", "7", "--quiet", "--output", output, ...flags]);
  } catch {
    // Said by the exit code of a violated or inconclusive run; a missing result fails below.
  }
  const run = join(output, "latest");
  cpSync(join(run, "result.json"), join(folder, "result.json"));
  writeFileSync(
    join(folder, "journal.ndjson.gz"),
    gzipSync(readFileSync(join(run, "journal.ndjson")), { level: 9 }),
  );
  rmSync(output, { recursive: true, force: true });
}

for (const { name, flags } of EXAMPLES) {
  const folder = join(ROOT, "reports/examples", name);
  if (process.argv.includes("--run")) rehearse(flags, folder);
  gameday(["report", folder, "--format", "html,md,rehearsal"]);
}
