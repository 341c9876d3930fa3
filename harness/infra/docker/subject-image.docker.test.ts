/** Images that do not do what they are told: a whole run, from outside. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadPackaged, selectScenarios } from "../../cli/load.ts";
import { runAndStore, stackFor } from "../../cli/session.ts";
import type { RunResult } from "../../model/result.ts";

const output = mkdtempSync(join(tmpdir(), "gameday-image-"));
const packaged = await loadPackaged();
afterAll(() => rmSync(output, { recursive: true, force: true }));

/** A run of `baseline` whose instances are this script. */
async function rehearse(script: string): Promise<RunResult> {
  const { config } = packaged;
  const command = ["node", "-e", script] as const;
  const container = { image: "node:24-bookworm-slim", command };
  const loaded = { ...packaged, config: { ...config, subject: { ...config.subject, container } } };
  const { result } = await runAndStore({
    loaded,
    scenarios: selectScenarios(loaded.scenarios, ["baseline"]),
    stack: await stackFor("docker", loaded, () => undefined),
    variant: null,
    seed: 1,
    eviction: null,
    isArmed: true,
    output,
    isQuiet: true,
    workers: 1,
  });
  return result;
}

test("one that is well and ignores the given addresses proves nothing", async () => {
  const { verdict, exitCode, scenarios } = await rehearse(
    'require("node:http").createServer((_, res) => res.end()).listen(process.env.HTTP_PORT)',
  );
  expect({ verdict, exitCode }).toEqual({ verdict: "inconclusive", exitCode: 2 });
  const bypass = scenarios[0]?.assumptions.find(({ name }) => name === "no-bypass");
  expect(bypass).toMatchObject({ holds: false });
  expect(bypass?.detail).toMatch(
    /consumer-1 is ready but never joined its group over its Kafka link/,
  );
  expect(bypass?.detail).toMatch(/consumer-2 is ready but never used its Postgres link/);
});

test("one that ends at once is the environment's, with its code and its last words", async () => {
  const { verdict, exitCode, error } = await rehearse(
    'console.log("cannot reach db.example"); process.exit(3)',
  );
  expect({ verdict, exitCode }).toEqual({ verdict: "environment", exitCode: 3 });
  expect(error?.message).toMatch(/exited before it was ready \(code 3\)\. It never .*subject\.env/);
  expect(error?.message).toMatch(/cannot reach db\.example/);
});
