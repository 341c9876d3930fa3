import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, expect, test } from "vitest";
import { loadPackaged, type Loaded } from "../harness/cli/load.ts";
import { runAndStore } from "../harness/cli/session.ts";
import { verify } from "../harness/cli/verify.ts";
import type { Eviction } from "../harness/runner/run-request.ts";
import type { Scenario } from "../harness/index.ts";

const output = mkdtempSync(join(tmpdir(), "gameday-catalogue-"));
const loaded = await loadPackaged();
afterAll(() => rmSync(output, { recursive: true, force: true }));

function scenario(id: string): Scenario {
  const found = loaded.scenarios.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no scenario ${id}`);
  return found;
}

async function rehearse(
  scenarios: readonly Scenario[],
  options: {
    readonly variant?: string;
    readonly loaded?: Loaded;
    readonly eviction?: Eviction;
  } = {},
) {
  const { result, folder } = await runAndStore({
    loaded: options.loaded ?? loaded,
    scenarios,
    variant: options.variant ?? null,
    seed: 7,
    eviction: options.eviction ?? "harness-leave-group",
    output,
    isQuiet: true,
  });
  const broken = result.scenarios.flatMap((s) =>
    s.guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : [])),
  );
  return { result, folder, broken };
}

test("the careful service passes the whole catalogue, and the stored run is judged alike", async () => {
  const { result, folder } = await rehearse(loaded.scenarios);
  expect(result.error).toBeUndefined();
  expect(result.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual(
    loaded.scenarios.map(({ id }) => [id, "pass"]),
  );
  expect(result.exitCode).toBe(0);
  for (const { outcomes, faults, exercised } of result.scenarios) {
    expect(outcomes).toMatchObject({ expected: 60, once: 60 });
    if (faults.length > 0) expect(exercised.redelivered.length).toBeGreaterThan(0);
  }
  expect(verify(folder, () => undefined)).toBe(0);
  const schema: unknown = JSON.parse(
    readFileSync(new URL("../harness/report/result.schema.json", import.meta.url), "utf8"),
  );
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema as object);
  expect(validate(JSON.parse(readFileSync(join(folder, "result.json"), "utf8")))).toBe(true);
});

test("no-dedup breaks no-duplicate-effects, with the payment in flight as witness", async () => {
  const { result, broken } = await rehearse([scenario("kill-consumer-between-commit-and-ack")], {
    variant: "no-dedup",
  });
  expect(result.exitCode).toBe(1);
  expect(broken).toEqual(["no-duplicate-effects"]);
  const findings = result.scenarios[0]?.guarantees.flatMap((guarantee) => guarantee.findings);
  expect(findings?.map(({ key }) => key)).toEqual([expect.stringMatching(/^pay-000020-/)]);
});

test("ack-before-commit breaks no-lost-effects under a kill before the commit", async () => {
  const { result, broken } = await rehearse([scenario("kill-consumer-before-commit")], {
    variant: "ack-before-commit",
  });
  expect(result.exitCode).toBe(1);
  expect(broken).toEqual(["no-lost-effects", "offsets-never-ahead-of-effects"]);
  expect(result.scenarios[0]?.outcomes.lost).toBe(1);
});

test("the true session timeout evicts the dead consumer as well, and says so", async () => {
  const { result, folder } = await rehearse([scenario("kill-consumer-between-commit-and-ack")], {
    eviction: "session-timeout",
  });
  expect(result.exitCode).toBe(0);
  expect(readFileSync(join(folder, "journal.ndjson"), "utf8")).toMatch(
    /"kind":"evicted".*"eviction":"session-timeout"/,
  );
  expect(result.scenarios[0]?.recovery.drainedMs).toBeGreaterThan(5_000);
});

test("a fault that never fires leaves the run inconclusive, with the reason", async () => {
  const base = scenario("kill-consumer-between-commit-and-ack");
  const faults = base.faults.map((fault) => ({
    ...fault,
    at: { ...fault.at, match: { intent: 20, nth: 1000 } },
  }));
  const { result } = await rehearse([{ ...base, faults }]);
  expect(result.exitCode).toBe(2);
  expect(result.scenarios[0]?.exercised.missing.join()).toMatch(/never fired/);
});

test("a subject that goes to the broker directly is a bypass: inconclusive", async () => {
  const { config } = loaded;
  const env: typeof config.subject.env = (wiring) => ({
    ...config.subject.env(wiring),
    KAFKA_BROKERS: wiring.direct.kafka,
  });
  const bypassing = { ...loaded, config: { ...config, subject: { ...config.subject, env } } };
  const { result } = await rehearse([scenario("baseline")], { loaded: bypassing });
  expect(result.exitCode).toBe(2);
  const bypass = result.scenarios[0]?.assumptions.find(({ name }) => name === "no-bypass");
  expect(bypass).toMatchObject({ holds: false });
});

test("a subject that exits before it is ready is an environment error with its last lines", async () => {
  const { config } = loaded;
  const env = () => ({ VARIANT: "" });
  const broken = { ...loaded, config: { ...config, subject: { ...config.subject, env } } };
  const { result } = await rehearse([scenario("baseline")], { loaded: broken });
  expect(result.exitCode).toBe(3);
  expect(result.error?.message).toMatch(/exited before it was ready[\s\S]*KAFKA_BROKERS/);
});
