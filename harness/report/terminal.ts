import chalk from "chalk";
import type { Finding } from "../model/guarantee.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import type { RunVerdict } from "../model/verdict.ts";
import { sanitize } from "./sanitize.ts";

const STORY_LINES_MAX = 24;
const EXTRA_LINES_MAX = 3;

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
    `report: ${folder}`,
  ];
  return lines.join("\n");
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
    ...exercised.redelivered.map((text) => `  again: ${sanitize(text)}`),
    ...(scenario.redeploy ?? [])
      .slice(0, EXTRA_LINES_MAX)
      .map(({ key, what, current, next }) =>
        sanitize(
          `  redeploy: ${what} of ${key} was "${current}", is "${next}" in the next version`,
        ),
      ),
    ...(scenario.zombies ?? [])
      .slice(0, EXTRA_LINES_MAX)
      .map(({ instance, act, key, outcome }) =>
        sanitize(`  zombie: ${act} of ${key} by ${instance}, which no longer owned it: ${outcome}`),
      ),
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
