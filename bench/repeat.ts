/**
 * The careful service through the whole catalogue, again and again, each round with another seed:
 * `npm run bench:repeat -- 10`. Says which verdicts differ from pass, and the seconds of each round
 * beside the first. Exit 1 when there is one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPackaged } from "../harness/cli/load.ts";
import { localStack, runAndStore } from "../harness/cli/session.ts";
import { StackPool } from "../harness/runner/stack-pool.ts";

const rounds = Number(process.argv[2] ?? 10);
const output = mkdtempSync(join(tmpdir(), "gameday-repeat-"));
const loaded = await loadPackaged();
await using stacks = new StackPool(await localStack());
const differing: string[] = [];
let firstMs: number | null = null;
for (let round = 1; round <= rounds; round += 1) {
  const beganAtMs = performance.now();
  const { result, folder } = await runAndStore({
    loaded,
    scenarios: loaded.scenarios,
    variant: null,
    seed: round,
    eviction: null,
    isArmed: true,
    output,
    isQuiet: true,
    shared: stacks,
  });
  const ms = performance.now() - beganAtMs;
  firstMs ??= ms;
  // A round that broke off has fewer scenarios than the catalogue, and says why below.
  const others = result.scenarios.filter(({ verdict }) => verdict !== "pass");
  for (const { id, verdict, exercised } of others) {
    differing.push(
      `round ${round}: ${id} ${verdict}: ${exercised.missing[0] ?? "see"} (${folder})`,
    );
  }
  if (result.error !== undefined)
    differing.push(`round ${round}: did not end: ${result.error.message} (${folder})`);
  process.stdout.write(
    `round ${round}, seed ${round}: ${result.scenarios.length - others.length} of ${loaded.scenarios.length} pass, ${(ms / 1000).toFixed(1)} s (first round ${(firstMs / 1000).toFixed(1)} s)\n`,
  );
}
for (const line of differing) process.stdout.write(`${line}\n`);
process.stdout.write(
  `${rounds} rounds of ${loaded.scenarios.length} scenarios: ${differing.length} differing verdicts\n`,
);
if (differing.length === 0) rmSync(output, { recursive: true, force: true });
process.exitCode = differing.length === 0 ? 0 : 1;
