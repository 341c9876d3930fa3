import { Chalk } from "chalk";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { inert } from "./sanitize.ts";
import {
  blockOf,
  COLUMNS,
  colourOf,
  firstStoryOf,
  nameOf,
  PLAIN,
  short,
  VERDICT_WIDTH,
  type Page,
} from "./terminal-scenario.ts";
import { cut, wrapped } from "./text-width.ts";
import { counted, headline, instrumentSentence, limitsSentence } from "./words.ts";

/** A screen that everybody has; the last line is the prompt's. */
const SCREEN_LINES = 24;
/** Rows that a table keeps beside a story. */
const ROWS_KEPT = 6;
const NAMES_MAX = 3;
/** Longest of the outcomes that every row has room for, e.g. "60 of 60 once". */
const OUTCOMES_WIDTH = 14;

/** How the terminal looks that is written to. */
export interface TerminalOptions {
  readonly folder: string;
  /** Columns of the terminal; null where there is none: lines are then as long as they are. */
  readonly columns: number | null;
  /** 0 for no colour. */
  readonly colourLevel: 0 | 1 | 2 | 3;
  /** Every scenario with its evidence instead of a table that fits a screen. */
  readonly isVerbose: boolean;
}

/**
 * The final word on a terminal: a table, the story of the first finding, verdict and limits. It fits a
 * screen of 24 lines, but for the log lines of a server that did not start.
 */
export function renderRun(result: RunResult, options: TerminalOptions): string {
  const page = pageOf(options);
  const foot = footer(result, page, options.folder);
  const [only, ...others] = result.scenarios;
  const isLong = options.isVerbose || (only !== undefined && others.length === 0);
  // The empty line before it all, and the prompt's.
  const linesMax = SCREEN_LINES - 2 - foot.length;
  const body = isLong
    ? result.scenarios.flatMap((scenario) =>
        blockOf(scenario, page, options.isVerbose ? Infinity : linesMax),
      )
    : tableAndStory(result, page, linesMax);
  return ["", ...body, ...foot].join("\n");
}

function pageOf({ columns, colourLevel }: TerminalOptions): Page {
  const width =
    columns === null ? null : Math.min(COLUMNS.max, Math.max(COLUMNS.min, Math.floor(columns)));
  return {
    paint: colourLevel === 0 ? PLAIN : new Chalk({ level: colourLevel }),
    width,
    tableWidth: width ?? COLUMNS.piped,
  };
}

function footer(result: RunResult, { paint, width }: Page, folder: string): readonly string[] {
  const dim = (text: string): readonly string[] =>
    wrapped(text, width).map((line) => paint.dim(line));
  const [what, ...log] = (result.error?.message ?? "").split("\n").filter((line) => line !== "");
  // Never at the start of a line: a CI runner may take what stands there for a command.
  const errors = [
    ...(what === undefined ? [] : wrapped(inert(`error: ${what}`), width)),
    ...log.flatMap((line) => wrapped(inert(line), width, "  | ")),
  ];
  const [word = "", ...rest] = wrapped(
    `${result.verdict.toUpperCase()} ${headline(result)}`,
    width,
  );
  const verdict = result.verdict.toUpperCase();
  return [
    ...errors.map((line) => paint.red(line)),
    ...repeatLines(result).flatMap((line) => wrapped(line, width)),
    ...notRunLines(result).flatMap((line) => wrapped(line, width)),
    ...leftOutLines(result).flatMap((line) => wrapped(line, width)),
    `${colourOf(result.verdict, paint)(verdict)}${word.slice(verdict.length)}`,
    ...rest,
    ...dim(limitsSentence(result)),
    ...dim(instrumentSentence(result)),
    `report: ${folder}`,
  ];
}

function repeatLines({ repeats = [] }: RunResult): readonly string[] {
  const broken = repeats.filter(({ runs, pass }) => pass < runs);
  const lines = broken.map(
    ({ id, runs, violated, other }) =>
      `${id}: violated ${violated} of ${runs}${other === 0 ? "" : `, ${other} of ${runs} proved nothing`}`,
  );
  const steady = repeats.length - broken.length;
  return [
    ...short(lines, NAMES_MAX),
    ...(steady === 0 ? [] : [`${counted(steady, "scenario")} passed every time`]),
  ];
}

function notRunLines({ notRun = [] }: RunResult): readonly string[] {
  const [first] = notRun;
  if (first === undefined) return [];
  const names = short(
    notRun.map(({ id }) => id),
    NAMES_MAX,
  );
  return [inert(`not run: ${names.join(", ")} (${first.reason})`)];
}

function leftOutLines({ leftOut = [] }: RunResult): readonly string[] {
  return leftOut.map(({ id, reason }) => inert(`left out: ${id} (${reason})`));
}

function tableAndStory(result: RunResult, page: Page, linesMax: number): readonly string[] {
  const failed = result.scenarios.filter(({ verdict }) => verdict !== "pass");
  const worst = failed.find(({ verdict }) => verdict === "violated") ?? failed[0];
  const isMixed = failed.length < result.scenarios.length;
  const rowsMin = Math.min(failed.length + (isMixed ? 1 : 0), ROWS_KEPT);
  const story =
    worst === undefined ? [] : [...firstStoryOf(worst, page, linesMax - rowsMin - 2), ""];
  const rows = tableRows(result.scenarios, page, linesMax - story.length - 1);
  return [...rows, "", ...story];
}

/** Every scenario when there is room, otherwise those that did not pass and a count of the rest. */
function tableRows(
  scenarios: readonly ScenarioResult[],
  page: Page,
  linesMax: number,
): readonly string[] {
  const names = scenarios.map((scenario) => nameOf(scenario).length);
  const room = page.tableWidth - VERDICT_WIDTH - 1 - OUTCOMES_WIDTH;
  const nameWidth = Math.min(Math.max(0, ...names), room);
  const row = (scenario: ScenarioResult): string => rowOf(scenario, page, nameWidth);
  if (scenarios.length <= linesMax) return scenarios.map(row);
  const failed = scenarios.filter(({ verdict }) => verdict !== "pass");
  const passed = scenarios.length - failed.length;
  const places = linesMax - (passed > 0 ? 1 : 0);
  const shown = failed.length <= places ? failed : failed.slice(0, Math.max(1, places - 1));
  const more = failed.length - shown.length;
  return [
    ...shown.map(row),
    ...(more > 0 ? [`${" ".repeat(VERDICT_WIDTH)}and ${more} more that did not pass`] : []),
    ...(passed > 0
      ? [`${page.paint.green("pass".padEnd(VERDICT_WIDTH))}${counted(passed, "scenario")}`]
      : []),
  ];
}

function rowOf(scenario: ScenarioResult, page: Page, nameWidth: number): string {
  const { paint, tableWidth } = page;
  const verdict = colourOf(scenario.verdict, paint)(scenario.verdict.padEnd(VERDICT_WIDTH));
  const restWidth = tableWidth - VERDICT_WIDTH - nameWidth - 1;
  const name = cut(nameOf(scenario), nameWidth).padEnd(nameWidth);
  return `${verdict}${name} ${cut(briefOutcomes(scenario, restWidth), restWidth)}`.trimEnd();
}

/** "1 duplicated, 59 of 60 once, drained in 660 ms": as much of it as there is room for. */
function briefOutcomes(scenario: ScenarioResult, width: number): string {
  const { expected, once, recovered, ...others } = scenario.outcomes;
  const bad = Object.entries(others).flatMap(([name, n]) => (n === 0 ? [] : [`${n} ${name}`]));
  const { drainedMs } = scenario.recovery;
  const parts = [
    ...bad,
    `${once + recovered} of ${expected} once`,
    ...(drainedMs === null ? [] : [`drained in ${Math.round(drainedMs)} ms`]),
  ];
  const fits = parts.findLastIndex((_, i) => parts.slice(0, i + 1).join(", ").length <= width);
  return parts.slice(0, Math.max(1, fits + 1)).join(", ");
}
