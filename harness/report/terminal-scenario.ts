import { Chalk, type ChalkInstance } from "chalk";
import type { Finding, StoryLine } from "../model/guarantee.ts";
import type { ScenarioResult } from "../model/result.ts";
import type { RunVerdict } from "../model/verdict.ts";
import { inert } from "./sanitize.ts";
import { cut, wrapped } from "./text-width.ts";
import { counted, doubtsOf, findingsCount, outcomesText, recoveryText } from "./words.ts";

const STORY_LINES_MAX = 24;
const EXTRA_LINES_MAX = 3;
const AGAIN_LINES_MAX = 5;
const MESSAGE_LINES_MAX = 4;
export const VERDICT_WIDTH = 13;
export const COLUMNS = { min: 60, max: 200, piped: 120 } as const;
export const PLAIN = new Chalk({ level: 0 });

export interface Page {
  readonly paint: ChalkInstance;
  /** Columns of a line of prose; null for no limit. */
  readonly width: number | null;
  readonly tableWidth: number;
}

/** One scenario with its evidence, without colour or limit of width. */
export function renderDetails(scenario: ScenarioResult): readonly string[] {
  return details(scenario, { paint: PLAIN, width: null, tableWidth: COLUMNS.piped }, Infinity);
}

/** A scenario alone, in at most `linesMax` lines; all of its evidence when that is infinite. */
export function blockOf(scenario: ScenarioResult, page: Page, linesMax: number): readonly string[] {
  const seconds = (scenario.durationMs / 1000).toFixed(1);
  const { paint } = page;
  const verdict = colourOf(scenario.verdict, paint)(scenario.verdict.padEnd(VERDICT_WIDTH - 1));
  const name = cut(nameOf(scenario), page.tableWidth - VERDICT_WIDTH - seconds.length - 4);
  const head = `${verdict} ${paint.bold(name)}  ${seconds} s`;
  return [head, ...details(scenario, page, linesMax - 2), ""];
}

/** The first finding of a scenario and how to reproduce it, or why it proves nothing. */
export function firstStoryOf(
  scenario: ScenarioResult,
  { paint, width }: Page,
  linesMax: number,
): readonly string[] {
  const broken = scenario.guarantees.find(({ findings }) => findings.length > 0);
  if (broken !== undefined) {
    const how = wrapped(`reproduce: ${inert(scenario.reproduce, 300)}`, width, "  ");
    const left = linesMax - how.length;
    return [...findingLines(broken.findings, { paint, width, linesMax: left }), ...how];
  }
  const why = doubtsOf(scenario)[0] ?? notJudged(scenario);
  return wrapped(`${nameOf(scenario)}: ${inert(why, 400)}`, width, "  ")
    .slice(0, linesMax)
    .map((line) => paint.yellow(line));
}

function notJudged({ guarantees }: ScenarioResult): string {
  const unknown = guarantees.find(({ violated }) => violated === null);
  return unknown === undefined ? "no reason was recorded" : `${unknown.id}: ${unknown.reason}`;
}

/** The scenario, and the variant it was rehearsed with. */
export function nameOf({ id, variant }: ScenarioResult): string {
  return inert(variant === null ? id : `${id} [${variant}]`, 120);
}

function details(scenario: ScenarioResult, page: Page, linesMax: number): readonly string[] {
  const { paint, width } = page;
  const isWhole = linesMax === Infinity;
  const lines = (text: string): readonly string[] => [
    `  ${width === null || isWhole ? text : cut(text, width - 2)}`,
  ];
  const extra = isWhole ? extraTexts(scenario) : extraTexts(scenario).slice(0, 1);
  const doubts = short(doubtTexts(scenario), isWhole ? Infinity : EXTRA_LINES_MAX);
  const broken = scenario.guarantees.filter(({ findings }) => findings.length > 0);
  const told = isWhole ? broken : broken.slice(0, 1);
  const others = broken.slice(told.length).map(({ id }) => id);
  const before = [
    ...lines(`outcomes: ${outcomesText(scenario)}`),
    ...faultTexts(scenario).flatMap(lines),
    ...againTexts(scenario).flatMap(lines),
    ...extra.flatMap(lines),
    ...doubts.flatMap(lines).map((line) => paint.yellow(line)),
  ];
  const after = [
    ...(others.length === 0 ? [] : lines(`also broken: ${others.join(", ")}`)),
    ...(scenario.verdict === "violated"
      ? wrapped(`reproduce: ${inert(scenario.reproduce, 300)}`, width, "  ")
      : []),
  ];
  const left =
    isWhole || width === null ? STORY_LINES_MAX : linesMax - before.length - after.length;
  const stories = told.flatMap(({ findings }) =>
    findingLines(findings, { paint, width, linesMax: left }),
  );
  return [...before, ...stories, ...after];
}

function doubtTexts(scenario: ScenarioResult): readonly string[] {
  // The run says the error already.
  const { error: _, ...judged } = scenario;
  const doubts = doubtsOf(judged).map(
    (doubt) => `${doubt.startsWith("assumption ") ? "" : "not exercised: "}${inert(doubt)}`,
  );
  const unknown = scenario.guarantees.flatMap(({ id, violated, reason }) =>
    violated === null ? [`${id}: not judged, ${inert(reason ?? "unknown")}`] : [],
  );
  return [...doubts, ...unknown];
}

function faultTexts(scenario: ScenarioResult): readonly string[] {
  const recovery = recoveryText(scenario);
  return short(
    scenario.faults.map(({ id, evidence, trigger }) =>
      evidence === null
        ? `fault ${id}: never fired (${inert(trigger)})`
        : `fault ${id}: fired at ${inert(evidence)}, ${recovery}`,
    ),
    EXTRA_LINES_MAX,
  );
}

function againTexts({ exercised }: ScenarioResult): readonly string[] {
  return short(
    exercised.redelivered.map((text) => `again: ${inert(text)}`),
    AGAIN_LINES_MAX,
  );
}

function extraTexts(scenario: ScenarioResult): readonly string[] {
  return [
    ...ratesTexts(scenario),
    ...(scenario.redeploy ?? [])
      .slice(0, EXTRA_LINES_MAX)
      .map(
        ({ key, what, current, next }) =>
          `redeploy: ${what} of ${inert(key)} was "${inert(current)}", is "${inert(next)}" in the next version`,
      ),
    ...(scenario.redeployKeys ?? []).map(
      ({ what, same, changed, notCompared }) =>
        `redeploy: ${what}s of both versions: ${same} the same, ${changed} changed, ${notCompared} not compared`,
    ),
    ...(scenario.exercised.sessionTimeouts ?? []).map(
      ({ instance, movedTo, waitedMs }) =>
        `timeout: ${inert(instance)} was left to its session timeout; ${inert(movedTo)} took over ${Math.round(waitedMs)} ms after the fault`,
    ),
    ...zombieTexts(scenario),
    ...Object.entries(scenario.unread ?? {}).map(
      ([name, count]) => `could not be read: ${count} frames (${inert(name)})`,
    ),
  ];
}

/** What did harm first, then what was fenced. */
function zombieTexts({ zombies = [] }: ScenarioResult): readonly string[] {
  const ranked = (["harmful", "fenced", "harmless"] as const).flatMap((wanted) =>
    zombies.filter(({ outcome }) => outcome === wanted),
  );
  return short(
    ranked.map(
      ({ instance, act, key, outcome }) =>
        `zombie: ${act} of ${inert(key)} by ${inert(instance)}, which no longer owned it: ${outcome}`,
    ),
    EXTRA_LINES_MAX,
  );
}

function ratesTexts({ rates }: ScenarioResult): readonly string[] {
  if (rates === undefined || rates.deliveries === 0) return [];
  const { redeliveries, deliveries, dedupHitRatio, eventsDeliveredAgain, apiRetries } = rates;
  const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
  const absorbed =
    dedupHitRatio === null
      ? ""
      : `, ${percent(dedupHitRatio)} of ${eventsDeliveredAgain} events absorbed`;
  const latency = Object.entries(rates.latencyMs)
    .map(([type, { p50, p95, max }]) => `${inert(type)} p50 ${p50} p95 ${p95} max ${max} ms`)
    .join(", ");
  return [
    `repeats: ${redeliveries} of ${deliveries} deliveries (${percent(rates.duplicateDeliveryRate)})${absorbed}; API retries ${apiRetries}; latency ${latency || "none seen"}`,
  ];
}

function findingLines(
  findings: readonly Finding[],
  how: { readonly paint: ChalkInstance; readonly width: number | null; readonly linesMax: number },
): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { paint, width, linesMax } = how;
  const count = findingsCount({ findings });
  const more = count > 1 ? ` (${count} findings, the first is told)` : "";
  const whole = wrapped(`${inert(first.message, 600)}${more}`, width, "  ");
  const message = whole.slice(0, width === null ? undefined : MESSAGE_LINES_MAX);
  const facts = keyFacts(first.witness, Math.max(0, linesMax - message.length - 1));
  const left = first.witness.length - facts.length;
  return [
    ...message.map((line) => paint.red(line)),
    ...facts.map(({ atMs, text }) => {
      const line = `    ${atMs.toFixed(0).padStart(7)} ms  ${inert(text)}`;
      return width === null ? line : cut(line, width);
    }),
    ...(left > 0 ? [`            and ${counted(left, "more fact")} (gameday show)`] : []),
  ];
}

/** Facts that a story cannot be understood without, the most telling first. */
const KEY_FACTS = [
  / fired: |audit: /,
  /\bapplied by |published as|commit of offset/,
  /exited|evicted|delivered to/,
];

function weightOf({ text }: StoryLine): number {
  const weight = KEY_FACTS.findIndex((pattern) => pattern.test(text));
  return weight === -1 ? KEY_FACTS.length : weight;
}

/** All facts, or the key ones in their order as far as they go, filled up with the rest. */
function keyFacts(witness: readonly StoryLine[], max: number): readonly StoryLine[] {
  if (witness.length <= max) return witness;
  const byWeight = [...witness].sort((a, b) => weightOf(a) - weightOf(b));
  const kept = new Set(byWeight.slice(0, max));
  return witness.filter((line) => kept.has(line));
}

/** The first lines, and how many more there are. */
export function short(lines: readonly string[], max: number): readonly string[] {
  const more = lines.length - max;
  return more <= 0 ? lines : [...lines.slice(0, max), `and ${more} more`];
}

/** A verdict is never told by its colour alone. */
export function colourOf(verdict: RunVerdict, paint: ChalkInstance): (text: string) => string {
  if (verdict === "pass") return paint.green;
  return verdict === "violated" ? paint.red : paint.yellow;
}
