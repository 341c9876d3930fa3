import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { judgeRun } from "../checker/judge.ts";
import { stamped, validBodies } from "../checker/testing/history.ts";
import type { GuaranteeId } from "../model/guarantee.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import type { StackAdapter } from "../ports/stack.ts";
import { calibrateBy, rehearsable } from "./calibrate.ts";
import { controlOf } from "./calibrate-controls.ts";
import type { Rehearse } from "./calibrate-rehearse.ts";
import { renderCalibration } from "./calibrate-report.ts";
import { loadPackaged } from "./load.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-calibrate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const history = stamped(validBodies());
writeFileSync(
  join(folder, "journal.ndjson"),
  history.map((event) => `${JSON.stringify(event)}\n`).join(""),
);
const [sound] = judgeRun(history);
if (sound === undefined) throw new Error("the valid history has no header");
const good = sound;

const packaged = await loadPackaged();
const KILL = "kill-consumer-between-commit-and-ack";
const calibration = [{ variant: "no-dedup", by: { [KILL]: ["no-duplicate-effects"] } }] as const;
const loaded = { ...packaged, config: { ...packaged.config, calibration } };
const model = () => ({
  states: 1,
  histories: 1,
  careful: [],
  variants: [],
  isAsStated: true,
  seconds: 0,
});

function resultOf(scenarios: readonly ScenarioResult[], over: Partial<RunResult> = {}): RunResult {
  return {
    schemaVersion: 1,
    runId: "r",
    startedAt: "",
    seed: 1,
    stack: "local",
    gamedayVersion: "0.1.0",
    verdict: "pass",
    exitCode: 0,
    environment: {},
    scenarios,
    ...over,
  };
}

/** A scenario that found exactly these guarantees broken. */
function finding(id: string, broken: readonly GuaranteeId[]): ScenarioResult {
  const guarantees = broken.map((name) => ({ id: name, violated: true, findings: [] }));
  return { ...good, id, verdict: "violated", guarantees };
}

/** Rehearsals as told: of the careful service, of variants; controls get what they ask for. */
function told(answers: { careful?: RunResult; variant?: (ids: readonly string[]) => RunResult }) {
  const rehearse: Rehearse = (scenarios, over = {}) => {
    const ids = scenarios.map(({ id }) => id);
    const result =
      over.variant !== undefined
        ? answers.variant?.(ids)
        : ids.length > 1
          ? answers.careful
          : resultOf([], { verdict: "inconclusive" });
    return Promise.resolve({ folder, result: result ?? resultOf([good]) });
  };
  const stacks: Partial<StackAdapter> = {};
  return (over: { variants?: readonly string[]; isFull?: boolean } = {}) =>
    calibrateBy(
      { rehearse, stacks: stacks as StackAdapter, model },
      {
        loaded,
        variants: [],
        isFull: false,
        seed: 1,
        output: undefined,
        progress: () => undefined,
        ...over,
      },
    );
}

const exactly = (ids: readonly string[]): RunResult =>
  resultOf(ids.map((id) => finding(id, ["no-duplicate-effects"])));

test("a variant caught by exactly its guarantee is exact; named alone, nothing else is asked", async () => {
  const result = await told({ variant: exactly })({ variants: ["no-dedup"] });
  expect(result).toMatchObject({ careful: null, controls: [], isAsStated: true, seed: 1 });
  expect(result.variants).toEqual([
    {
      id: "no-dedup",
      expected: { [KILL]: ["no-duplicate-effects"] },
      caughtBy: [KILL],
      found: { [KILL]: ["no-duplicate-effects"] },
      unexpected: {},
      exact: true,
      seconds: expect.any(Number),
    },
  ]);
});

test.each<[string, readonly GuaranteeId[], RegExp]>([
  ["the wrong guarantee", ["no-lost-effects"], /no-lost-effects, expected no-duplicate-effects/],
  ["another guarantee besides", ["no-duplicate-effects", "no-torn-outcomes"], /expected no-dup/],
  ["nothing", [], /nothing found, expected no-duplicate-effects/],
])(
  "a variant that is caught by %s is not exact, and the table says so",
  async (_, broken, said) => {
    const result = await told({ variant: (ids) => resultOf(ids.map((id) => finding(id, broken))) })(
      {
        variants: ["no-dedup"],
      },
    );
    expect(result.isAsStated).toBe(false);
    expect(renderCalibration(result).join("\n")).toMatch(said);
  },
);

test("a variant that cannot start is not caught, whatever was found before", async () => {
  const error = { code: "environment", message: "consumer-1 exited before it was ready" };
  const result = await told({ variant: (ids) => ({ ...exactly(ids), error }) })({
    variants: ["no-dedup"],
  });
  expect(result.variants[0]).toMatchObject({ exact: false, error: error.message });
  expect(renderCalibration(result).join("\n")).toMatch(/could not be rehearsed: consumer-1/);
});

test("with --full, what no scenario declares for a variant fails it", async () => {
  const other = "poison-message";
  const variant = (ids: readonly string[]): RunResult =>
    resultOf(ids.map((id) => finding(id, id === KILL ? ["no-duplicate-effects"] : [])));
  const stray = (ids: readonly string[]): RunResult =>
    resultOf(
      ids.map((id) => finding(id, id === other ? ["money-conserved"] : ["no-duplicate-effects"])),
    );
  const ask = { variants: ["no-dedup"], isFull: true };
  expect((await told({ variant })(ask)).isAsStated).toBe(true);
  const result = await told({ variant: stray })(ask);
  expect(result.variants[0]).toMatchObject({
    exact: false,
    unexpected: { [other]: ["money-conserved"] },
  });
  expect(renderCalibration(result).join("\n")).toMatch(
    /NOT declared anywhere for it: money-conserved/,
  );
});

test("a careful service that does not pass fails the calibration", async () => {
  const careful = resultOf([{ ...good, verdict: "inconclusive" }], { verdict: "inconclusive" });
  const result = await told({ careful, variant: exactly })();
  expect(result.isAsStated).toBe(false);
  expect(result.careful).toMatchObject({
    verdict: "inconclusive",
    notPassed: { test: "inconclusive" },
  });
});

test.each(["interrupted", "environment"])(
  "a careful run that ended with %s is the end of the calibration",
  async (code) => {
    const careful = resultOf([], { error: { code, message: "it ended" } });
    await expect(told({ careful, variant: exactly })()).rejects.toMatchObject({ code });
  },
);

test("an unknown variant is a usage error with a suggestion", async () => {
  await expect(told({ variant: exactly })({ variants: ["no-dedupe"] })).rejects.toThrow(
    /Unknown variant "no-dedupe"\. Did you mean "no-dedup"/,
  );
});

test("controls that come out inconclusive for another reason are not as stated", async () => {
  const result = await told({ variant: exactly })();
  const flawed = result.controls.filter(({ expected }) => expected.startsWith("inconclusive"));
  expect(flawed.length).toBeGreaterThan(5);
  expect(flawed.map(({ isAsStated }) => isAsStated)).not.toContain(true);
  const missing = (reason: string): RunResult =>
    resultOf([{ ...good, exercised: { ...good.exercised, missing: [reason] } }], {
      verdict: "inconclusive",
    });
  const reason = /too little traffic/;
  expect(controlOf("x", missing("too little traffic: 1 event"), reason).isAsStated).toBe(true);
  expect(controlOf("x", missing("never drained"), reason).isAsStated).toBe(false);
  expect(controlOf("x", resultOf([good]), reason).isAsStated).toBe(false);
});

test("no scenario to flaw is a failed control, not none", async () => {
  const none = { ...loaded, scenarios: [] };
  const { rehearsalControls } = await import("./calibrate-controls.ts");
  const rehearse: Rehearse = () => Promise.reject(new Error("not asked"));
  const [control] = await rehearsalControls(none, rehearse, {} as StackAdapter);
  expect(control).toMatchObject({ isAsStated: false });
});

test("what this stack cannot rehearse is left out with its reason, and so are the twins of it alone", () => {
  const step = packaged.scenarios.find(({ faults }) =>
    faults.some((f) => f.fault === "clock-step"),
  );
  const id = step?.id ?? "no scenario steps a clock";
  const both = { variant: "no-dedup", by: { [KILL]: [], [id]: [] } };
  const only = { variant: "purge-by-own-clock", by: { [id]: [] } };
  const config = { ...packaged.config, calibration: [both, only] };
  const abilities = { name: "local", brokers: 3, noClockStep: "no library", noPause: null };
  const { loaded: rest, leftOut } = rehearsable({ ...packaged, config }, abilities);
  expect(leftOut).toEqual([{ id, reason: expect.stringContaining("no library") }]);
  expect(rest.scenarios).toHaveLength(packaged.scenarios.length - 1);
  expect(rest.config.calibration).toEqual([{ ...both, by: { [KILL]: [] } }]);
});
