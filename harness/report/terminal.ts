import chalk from "chalk";
import type { Finding } from "../model/guarantee.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import type { RunVerdict } from "../model/verdict.ts";
import { sanitize } from "./sanitize.ts";

const STORY_LINES_MAX = 24;
const EXTRA_LINES_MAX = 3;
const AGAIN_LINES_MAX = 5;

/** The verdict, one block per scenario, the story of each first finding, and the limits. */
export function renderRun(result: RunResult, folder: string): string {
  const lines = [
    "",
    ...result.scenarios.flatMap((scenario) => renderScenario(scenario)),
    ...(result.error === undefined ? [] : [chalk.red(sanitizeLines(result.error.message))]),
    `${colour(result.verdict)(result.verdict.toUpperCase())} ${summary(result)}`,
    chalk.dim(
      "Limits: process kills on one machine; power loss, disk loss and region loss are not rehearsed.",
    ),
    calibrationLine(result),
    `report: ${folder}`,
  ];
  return lines.join("\n");
}

function calibrationLine({ calibration }: RunResult): string {
  if (calibration === undefined) {
    return chalk.dim("Instrument: not calibrated here; `gameday calibrate` does it.");
  }
  const { variants, startedAt, gamedayVersion, isAsStated } = calibration;
  const state = isAsStated ? "calibrated" : "NOT calibrated";
  return chalk.dim(
    `Instrument: ${state} ${startedAt.slice(0, 10)} with gameday ${gamedayVersion}; ${variants.length} known-broken variants caught exactly.`,
  );
}

function summary({ scenarios }: RunResult): string {
  const total = (pick: (scenario: ScenarioResult) => number): number =>
    scenarios.reduce((sum, scenario) => sum + pick(scenario), 0);
  const payments = total(({ outcomes }) => outcomes.expected);
  const duplicated = total(({ outcomes }) => outcomes.duplicated);
  const lost = total(({ outcomes }) => outcomes.lost);
  const forced = total(({ exercised }) => exercised.redeliveries);
  return `${duplicated} of ${payments} payments took effect twice, ${lost} lost; ${forced} redeliveries observed.`;
}

function againLines(redelivered: readonly string[]): readonly string[] {
  const more = redelivered.length - AGAIN_LINES_MAX;
  return [
    ...redelivered.slice(0, AGAIN_LINES_MAX).map((text) => `  again: ${sanitize(text)}`),
    ...(more > 0 ? [`  again: and ${more} more`] : []),
  ];
}

function ratesLines({ rates }: ScenarioResult): readonly string[] {
  if (rates === undefined) return [];
  const { redeliveries, deliveries, dedupHitRatio, eventsDeliveredAgain, apiRetries } = rates;
  const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
  const absorbed =
    dedupHitRatio === null
      ? ""
      : `, ${percent(dedupHitRatio)} of ${eventsDeliveredAgain} events absorbed`;
  const latency = Object.entries(rates.latencyMs)
    .map(([type, { p50, p95, max }]) => `${sanitize(type)} p50 ${p50} p95 ${p95} max ${max} ms`)
    .join(", ");
  return [
    `  repeats: ${redeliveries} of ${deliveries} deliveries (${percent(rates.duplicateDeliveryRate)})${absorbed}; API retries ${apiRetries}; latency ${latency || "none seen"}`,
  ];
}

function renderScenario(scenario: ScenarioResult): readonly string[] {
  const { outcomes, exercised, recovery } = scenario;
  const variant = scenario.variant === null ? "" : ` [${scenario.variant}]`;
  const seconds = (scenario.durationMs / 1000).toFixed(1);
  const recovered =
    recovery.drainedMs === null
      ? ""
      : `, drained ${Math.round(recovery.drainedMs)} ms after the fault`;
  return [
    `${colour(scenario.verdict)(scenario.verdict.padEnd(12))} ${chalk.bold(scenario.id)}${variant}  ${seconds} s`,
    `  outcomes: ${outcomes.once} once of ${outcomes.expected}, ${outcomes.duplicated} duplicated, ${outcomes.lost} lost, ${outcomes.torn} torn, ${outcomes.phantom} phantom, ${outcomes.stalled} stalled`,
    ...scenario.faults.map(
      ({ id, evidence, trigger }) =>
        `  fault ${id}: ${evidence === null ? `never fired (${trigger})` : `fired at ${sanitize(evidence)}`}${recovered}`,
    ),
    ...againLines(exercised.redelivered),
    ...(exercised.sessionTimeouts ?? []).map(({ instance, movedTo, waitedMs }) =>
      sanitize(
        `  timeout: ${instance} was left to its session timeout; ${movedTo} took over ${Math.round(waitedMs)} ms after the fault`,
      ),
    ),
    ...ratesLines(scenario),
    ...(scenario.redeploy ?? [])
      .slice(0, EXTRA_LINES_MAX)
      .map(({ key, what, current, next }) =>
        sanitize(
          `  redeploy: ${what} of ${key} was "${current}", is "${next}" in the next version`,
        ),
      ),
    ...zombieLines(scenario),
    ...Object.entries(scenario.unread ?? {}).map(([name, count]) =>
      chalk.dim(sanitize(`  not read: ${count} frames (${name})`)),
    ),
    ...exercised.missing.map((reason) => chalk.yellow(`  not exercised: ${sanitize(reason)}`)),
    ...scenario.assumptions
      .filter(({ holds }) => holds !== true)
      .map(({ name, detail }) => chalk.yellow(`  assumption ${name}: ${sanitize(detail)}`)),
    ...scenario.guarantees.flatMap(({ id, violated, reason, findings }) =>
      violated === null
        ? [chalk.yellow(`  ${id}: not judged, ${sanitize(reason ?? "unknown")}`)]
        : renderFindings(findings),
    ),
    ...(scenario.verdict === "violated" ? [`  reproduce: ${scenario.reproduce}`] : []),
    "",
  ];
}

/** What did harm first, then what was fenced. */
function zombieLines({ zombies = [] }: ScenarioResult): readonly string[] {
  const ranked = (["harmful", "fenced", "harmless"] as const).flatMap((wanted) =>
    zombies.filter(({ outcome }) => outcome === wanted),
  );
  const more = ranked.length - EXTRA_LINES_MAX;
  return [
    ...ranked
      .slice(0, EXTRA_LINES_MAX)
      .map(({ instance, act, key, outcome }) =>
        sanitize(`  zombie: ${act} of ${key} by ${instance}, which no longer owned it: ${outcome}`),
      ),
    ...(more > 0 ? [`  zombie: and ${more} more acts`] : []),
  ];
}

function renderFindings(findings: readonly Finding[]): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const more = findings.length > 1 ? ` (${findings.length} findings, the first is told)` : "";
  return [
    chalk.red(`  ${sanitize(first.message)}${more}`),
    ...first.witness
      .slice(0, STORY_LINES_MAX)
      .map(({ atMs, text }) => `    ${atMs.toFixed(0).padStart(7)} ms  ${sanitize(text)}`),
  ];
}

function colour(verdict: RunVerdict): (text: string) => string {
  if (verdict === "pass") return chalk.green;
  return verdict === "violated" ? chalk.red : chalk.yellow;
}

function sanitizeLines(text: string): string {
  return text.split("\n").map(sanitize).join("\n");
}
