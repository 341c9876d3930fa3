import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, expect, test } from "vitest";
import { loadPackaged, type Loaded } from "../harness/cli/load.ts";
import { readJournal } from "../harness/cli/journal-reader.ts";
import { localStack, runAndStore } from "../harness/cli/session.ts";
import { verify } from "../harness/cli/verify.ts";
import type { Eviction, GuaranteeId, Scenario } from "../harness/index.ts";
import { isExact } from "../harness/model/calibration.ts";
import { StackPool } from "../harness/runner/stack-pool.ts";
import { caught } from "./caught.ts";

const output = mkdtempSync(join(tmpdir(), "gameday-catalogue-"));
const loaded = await loadPackaged();
const stacks = new StackPool(await localStack());
afterAll(async () => {
  await stacks[Symbol.asyncDispose]();
  rmSync(output, { recursive: true, force: true });
});

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
    readonly isArmed?: boolean;
    readonly workers?: number;
  } = {},
) {
  const { result, folder } = await runAndStore({
    loaded: options.loaded ?? loaded,
    scenarios,
    variant: options.variant ?? null,
    seed: 7,
    eviction: options.eviction ?? null,
    isArmed: options.isArmed ?? true,
    output,
    isQuiet: true,
    shared: stacks,
    workers: options.workers,
  });
  const brokenIn = (id: string): readonly string[] =>
    result.scenarios
      .filter((each) => each.id === id)
      .flatMap(({ guarantees }) => guarantees.filter(({ violated }) => violated === true))
      .map((guarantee) => guarantee.id);
  return { result, folder, brokenIn };
}

test("the careful service passes the whole catalogue, and the stored run is judged alike", async () => {
  const { result, folder } = await rehearse(loaded.scenarios);
  expect(result.error).toBeUndefined();
  const seen = result.scenarios.map(({ id, verdict, exercised }) => [
    id,
    { verdict, missing: exercised.missing },
  ]);
  expect(Object.fromEntries(seen)).toEqual(
    Object.fromEntries(loaded.scenarios.map(({ id }) => [id, { verdict: "pass", missing: [] }])),
  );
  expect(result.exitCode).toBe(0);
  // Both versions asked for the same dedup keys: seen on the wire, where no second row is inserted.
  for (const { id, redeployKeys } of result.scenarios) {
    const keys = redeployKeys?.find(({ what }) => what === "dedup key");
    if (keys === undefined) continue;
    expect({ id, ...keys }).toMatchObject({ changed: 0 });
    if (id !== "redeploy-changing-dedup-key") continue;
    // Elsewhere a worker of a version that comes back, or stays, may take over what the other handled.
    expect({ id, ...keys }).toMatchObject({ notCompared: 0 });
    expect(keys.same).toBeGreaterThan(0);
  }
  for (const { id, outcomes, exercised, faults } of result.scenarios) {
    // Recovered: its producer never got the answer (its broker went down), and it took effect once.
    expect(outcomes.once + outcomes.recovered, id).toBe(outcomes.expected);
    expect(
      faults.every(({ firedAtMs, healedAtMs }) => firedAtMs !== null && healedAtMs !== null),
      id,
    ).toBe(true);
    const promised = scenario(id).exercise.redelivery !== "none";
    expect(exercised.redelivered.length > 0, id).toBe(promised || exercised.redelivered.length > 0);
  }
  // The broker counts 6 s from the last heartbeat: seen 5.5 to 6.3 s after the fault, by load.
  const waits = result.scenarios.flatMap(({ exercised }) => exercised.sessionTimeouts ?? []);
  expect(waits.length).toBeGreaterThanOrEqual(3);
  for (const { waitedMs } of waits) expect(waitedMs).toBeGreaterThanOrEqual(4_000);
  const members = readJournal(folder).events.filter((event) => event.stream === "membership");
  for (const { scenario: id, kind } of members.filter((event) => event.eviction !== null))
    expect([id, kind === "left-to-timeout"]).toEqual([
      id,
      scenario(id).eviction === "session-timeout",
    ]);
  expect(await verify([folder], () => undefined)).toBe(0);
  const schema: unknown = JSON.parse(
    readFileSync(new URL("../harness/report/result.schema.json", import.meta.url), "utf8"),
  );
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema as object);
  validate(JSON.parse(readFileSync(join(folder, "result.json"), "utf8")));
  expect(validate.errors).toBeNull();
});

test("with every fault disarmed no scenario but the control passes: nothing was proven", async () => {
  const { result } = await rehearse(loaded.scenarios, { isArmed: false });
  expect(result.exitCode).toBe(2);
  for (const { id, verdict, exercised } of result.scenarios) {
    expect([id, verdict]).toEqual([id, id === "baseline" ? "pass" : "inconclusive"]);
    if (id !== "baseline")
      expect(exercised.missing.join("; ")).toMatch(/never fired: it was disarmed/);
  }
});

test.concurrent.each(caught)("$variant is caught, by exactly its guarantees", async (pair) => {
  const { variant, by } = pair;
  const scenarios = Object.keys(by).map((id) => scenario(id));
  const { result, brokenIn } = await rehearse(scenarios, { variant, workers: 1 });
  expect(result.exitCode).toBe(1);
  for (const { id } of scenarios) {
    const found = brokenIn(id) as readonly GuaranteeId[];
    // The comparison is for its text: what may be found besides is not in it.
    if (!isExact(pair, id, found)) expect({ id, found }).toEqual({ id, found: by[id] });
  }
});

test("every variant of the configuration is caught somewhere", () => {
  const names = caught.map(({ variant }) => variant);
  expect([...(loaded.config.subject.variants ?? [])].sort()).toEqual(names.sort());
});

test("no-dedup's witness is the payment in flight", async () => {
  const { result } = await rehearse([scenario("kill-consumer-between-commit-and-ack")], {
    variant: "no-dedup",
  });
  const findings = result.scenarios[0]?.guarantees.flatMap((guarantee) => guarantee.findings);
  expect(findings?.map(({ key }) => key)).toEqual([expect.stringMatching(/^pay-000020-/)]);
});

test("a redeploy that changes a key shows both versions' keys side by side", async () => {
  const dedup = await rehearse([scenario("redeploy-changing-dedup-key")], {
    variant: "redeploy-dedup-key-changed",
  });
  expect(dedup.result.scenarios[0]?.redeploy).toContainEqual({
    key: expect.stringMatching(/^pay-000020-/),
    what: "dedup key",
    current: expect.stringMatching(/^payments \/ evt-000020-\w+ \/ payment$/),
    next: expect.stringMatching(/^payments \/ v2:pay-000020-\w+ \/ payment$/),
  });
  const idempotency = await rehearse([scenario("redeploy-changing-idempotency-key")], {
    variant: "redeploy-idempotency-key-changed",
  });
  expect(idempotency.result.scenarios[0]?.redeploy).toContainEqual({
    key: expect.stringMatching(/^pay-000020-/),
    what: "idempotency key",
    current: expect.stringMatching(/^capture:evt-000020-/),
    next: expect.stringMatching(/^v2:evt-000020-/),
  });
});

test("the service's own metrics, read over HTTP, agree with the result of a run with redeliveries", async () => {
  const { result, folder } = await rehearse([scenario("kill-consumer-between-commit-and-ack")]);
  const metrics = readJournal(folder).events.filter((event) => event.stream === "metric");
  const sumOf = (name: string, instance: string): number =>
    metrics
      .filter((event) => event.name === name && event.instance === instance)
      .reduce((sum, { value }) => sum + value, 0);
  // The one that was not killed, whichever it was, found the redelivery's dedup row.
  const [again] = result.scenarios[0]?.exercised.redelivered ?? [];
  const survivor = /consumer-\d$/.exec(again ?? "")?.[0] ?? "nobody";
  expect(result.scenarios[0]?.faults[0]?.evidence).not.toMatch(new RegExp(`${survivor}$`));
  expect(sumOf("duplicate_deliveries_total", survivor)).toBeGreaterThanOrEqual(1);
  const truth = result.scenarios[0]?.guarantees.find(({ id }) => id === "metrics-tell-the-truth");
  expect(truth).toMatchObject({ violated: false });
  expect(result.scenarios[0]?.rates).toMatchObject({ eventsDeliveredAgain: expect.any(Number) });
});

test("a zombie that wakes is seen: fenced or harmless when careful, harmful without dedup", async () => {
  const zombies = [
    scenario("pause-consumer-after-commit"),
    scenario("pause-consumer-before-transaction"),
  ];
  const careful = await rehearse(zombies);
  expect(careful.result.scenarios.flatMap((each) => each.zombies ?? [])).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ act: "offset commit", outcome: "fenced" }),
      expect.objectContaining({ act: "transaction", outcome: "harmless" }),
    ]),
  );
  const naive = await rehearse([scenario("pause-consumer-before-transaction")], {
    variant: "no-dedup",
  });
  expect(naive.result.scenarios[0]?.zombies).toContainEqual(
    expect.objectContaining({ act: "transaction", outcome: "harmful" }),
  );
});

test("a fault that never fires leaves the run inconclusive, with the reason", async () => {
  const base = scenario("kill-consumer-between-commit-and-ack");
  const faults = base.faults.map((fault) => ({
    ...fault,
    at: { ...fault.at, match: { intent: 20, nth: 99 } },
  }));
  const { result } = await rehearse([{ ...base, faults }]);
  expect(result.exitCode).toBe(2);
  expect(result.scenarios[0]?.exercised.missing.join()).toMatch(/never fired/);
});

test("a subject that goes around its links is a bypass: inconclusive", async () => {
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
