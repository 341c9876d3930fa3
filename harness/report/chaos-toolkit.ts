import type { FaultResult, RunResult, ScenarioResult } from "../model/result.ts";
import type { GuaranteeResult } from "../model/guarantee.ts";
import type { ReportFormat } from "./stored-run.ts";
import { inert } from "./sanitize.ts";
import { doubtsOf, guaranteeSentence, headline } from "./words.ts";

/**
 * `journal.json` of the Chaos Toolkit (its reference page "Experiment Journal"): guarantees are the
 * probes of the steady state after the method, faults its actions, their heals its rollbacks. There is
 * no `before`: guarantees are judged over the whole history. Times are the run's own, to the
 * millisecond, from the wall clock at its start.
 */
export const chaosToolkit: ReportFormat = {
  id: "chaos-toolkit",
  file: "journal.json",
  render: ({ result }) => `${JSON.stringify(journalOf(result), null, 2)}\n`,
};

function journalOf(result: RunResult): object {
  const clock = clockOf(result);
  const faults = result.scenarios.flatMap((scenario) =>
    scenario.faults.map((fault) => ({ scenario, fault })),
  );
  const probes = result.scenarios.flatMap((scenario) =>
    scenario.guarantees.map((guarantee) => ({ scenario, guarantee })),
  );
  const isMet = result.verdict === "pass";
  return {
    platform: result.stack,
    node: `gameday ${result.gamedayVersion}`,
    experiment: experimentOf(result),
    start: clock.at(0),
    status: statusOf(result),
    deviated: result.verdict === "violated",
    steady_states: {
      after: {
        steady_state_met: isMet,
        probes: probes.map(({ scenario, guarantee }) => probeRun(scenario, guarantee, clock)),
      },
    },
    run: faults.map(({ scenario, fault }) => actionRun(scenario, fault, clock)),
    rollbacks: faults.flatMap(({ scenario, fault }) => rollbackRun(scenario, fault, clock)),
    end: clock.at(clock.endMs),
    duration: clock.endMs / 1000,
  };
}

/** `completed` says that everything ran, not that it held: `deviated` says that. */
function statusOf({ verdict, error }: RunResult): "completed" | "failed" | "aborted" {
  if (verdict === "interrupted") return "aborted";
  return verdict === "environment" || error !== undefined ? "failed" : "completed";
}

interface RunClock {
  /** RFC 3339 in UTC of a moment of the run. */
  readonly at: (ms: number) => string;
  readonly endMs: number;
}

function clockOf({ startedAt, scenarios }: RunResult): RunClock {
  const parsed = Date.parse(startedAt);
  const startMs = Number.isNaN(parsed) ? 0 : parsed;
  const moments = scenarios.flatMap(({ faults }) =>
    faults.flatMap(({ healedAtMs, firedAtMs }) => [healedAtMs ?? 0, firedAtMs ?? 0]),
  );
  const durationMs = scenarios.reduce((sum, scenario) => sum + scenario.durationMs, 0);
  return {
    at: (ms) => new Date(startMs + ms).toISOString(),
    endMs: Math.round(Math.max(durationMs, ...moments)),
  };
}

function experimentOf(result: RunResult): object {
  const { scenarios } = result;
  return {
    version: "1.0.0",
    title: `gameday ${result.runId}`,
    description: [
      headline(result),
      ...scenarios.map(({ id, hypothesis }) => `${id}: ${inert(hypothesis)}`),
    ].join(" "),
    tags: ["gameday", ...scenarios.map(({ id }) => id)],
    "steady-state-hypothesis": {
      title: "Every guarantee of every scenario holds.",
      probes: scenarios.flatMap((scenario) =>
        scenario.guarantees.map((guarantee) => probeOf(scenario, guarantee)),
      ),
    },
    method: scenarios.flatMap((scenario) =>
      scenario.faults.map((fault) => actionOf(scenario, fault)),
    ),
    rollbacks: scenarios.flatMap((scenario) =>
      scenario.faults.map((fault) => healOf(scenario, fault)),
    ),
  };
}

function provider(scenario: ScenarioResult): object {
  const [path = "", ...args] = inert(scenario.reproduce, 500).split(" ");
  return { type: "process", path, arguments: args.join(" ") };
}

function probeOf(scenario: ScenarioResult, { id }: GuaranteeResult): object {
  return {
    type: "probe",
    name: `${scenario.id}: ${id}`,
    tolerance: true,
    provider: provider(scenario),
  };
}

function actionOf(scenario: ScenarioResult, { id, trigger }: FaultResult): object {
  return {
    type: "action",
    name: `${scenario.id}: ${id} at ${inert(trigger)}`,
    provider: provider(scenario),
  };
}

function healOf(scenario: ScenarioResult, { id }: FaultResult): object {
  return { type: "action", name: `${scenario.id}: heal ${id}`, provider: provider(scenario) };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function activityRun(
  clock: RunClock,
  activity: object,
  outcome: { readonly succeeded: boolean; readonly output: string | null; readonly span: Span },
): object {
  const { fromMs, toMs } = outcome.span;
  return {
    activity,
    status: outcome.succeeded ? "succeeded" : "failed",
    start: clock.at(fromMs),
    end: clock.at(toMs),
    duration: Math.max(0, toMs - fromMs) / 1000,
    output: outcome.output,
  };
}

function probeRun(scenario: ScenarioResult, guarantee: GuaranteeResult, clock: RunClock): object {
  const isKnown = guarantee.violated !== null;
  const isMet = guarantee.violated === false && doubtsOf(scenario).length === 0;
  const run = activityRun(clock, probeOf(scenario, guarantee), {
    succeeded: isKnown,
    output: inert(guarantee.findings[0]?.message ?? guaranteeSentence(scenario, guarantee)),
    span: { fromMs: clock.endMs, toMs: clock.endMs },
  });
  return { ...run, tolerance_met: isMet };
}

function actionRun(scenario: ScenarioResult, fault: FaultResult, clock: RunClock): object {
  const { firedAtMs, confirmedAtMs, evidence } = fault;
  const fromMs = firedAtMs ?? clock.endMs;
  return activityRun(clock, actionOf(scenario, fault), {
    succeeded: confirmedAtMs !== null,
    output: evidence === null ? "never fired" : inert(evidence),
    span: { fromMs, toMs: confirmedAtMs ?? fromMs },
  });
}

/** Nothing is rolled back of a fault that never fired. */
function rollbackRun(
  scenario: ScenarioResult,
  fault: FaultResult,
  clock: RunClock,
): readonly object[] {
  const { firedAtMs, confirmedAtMs, healedAtMs } = fault;
  if (firedAtMs === null) return [];
  const fromMs = confirmedAtMs ?? firedAtMs;
  const run = activityRun(clock, healOf(scenario, fault), {
    succeeded: healedAtMs !== null,
    output: healedAtMs === null ? "not verified as healed" : "verified as healed",
    span: { fromMs, toMs: healedAtMs ?? fromMs },
  });
  return [run];
}
