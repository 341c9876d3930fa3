import type { RunResult, ScenarioResult } from "../model/result.ts";
import { inert } from "./sanitize.ts";
import {
  counted,
  doubtsOf,
  guaranteeSentence,
  headline,
  instrumentSentence,
  limitsSentence,
  outcomesText,
  recoveryText,
} from "./words.ts";

/** GitHub shows ten annotations of a kind for a step: nine, and one that counts the rest. */
const ANNOTATIONS_MAX = 9;
/** GitHub drops a step summary above 1 MiB whole; a page above this is not read by anybody. */
const SUMMARY_BYTES_MAX = 250 * 1024;
const STORY_LINES_MAX = 20;

interface Annotation {
  readonly title: string;
  readonly message: string;
}

/**
 * Workflow commands for GitHub Actions: at most nine errors and one that counts the rest. What comes
 * from evidence cannot begin a command of its own.
 */
export function annotations(result: RunResult): readonly string[] {
  const all = annotationsOf(result);
  const rest = all.length - ANNOTATIONS_MAX;
  const more = { title: "gameday", message: `and ${rest} more; see the step summary` };
  return [...all.slice(0, ANNOTATIONS_MAX), ...(rest > 0 ? [more] : [])].map(
    ({ title, message }) => `::error title=${property(title)}::${data(message)}`,
  );
}

function annotationsOf(result: RunResult): readonly Annotation[] {
  return [
    ...result.scenarios.flatMap(ofScenario),
    ...(result.error === undefined ? [] : [{ title: "gameday", message: result.error.message }]),
    ...(result.notRun ?? []).map(({ id, reason }) => ({
      title: id,
      message: `not run: ${reason}`,
    })),
  ];
}

function ofScenario(scenario: ScenarioResult): readonly Annotation[] {
  const broken = scenario.guarantees.filter(({ violated }) => violated === true);
  const title = nameOf(scenario);
  if (broken.length > 0) {
    return broken.map((guarantee) => ({
      title,
      message: `${guarantee.findings[0]?.message ?? guarantee.id}\n${guaranteeSentence(scenario, guarantee)}\nreproduce: ${scenario.reproduce}`,
    }));
  }
  if (scenario.verdict === "pass") return [];
  const unknown = scenario.guarantees
    .filter(({ violated }) => violated === null)
    .map((guarantee) => guaranteeSentence(scenario, guarantee));
  const why = [...doubtsOf(scenario), ...unknown].join("\n");
  return [{ title, message: `${scenario.verdict}: ${why}` }];
}

function nameOf({ id, variant }: ScenarioResult): string {
  return variant === null ? id : `${id} [${variant}]`;
}

/** Escapes of the runner's own toolkit (actions/toolkit, core/src/command.ts). */
function data(text: string): string {
  const lines = text.split("\n").map((line) => inert(line));
  return lines.join("\n").replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * A foldable group of log lines. Commands are off between its first and last line, so that nothing
 * a subject wrote is taken for one; `token` ends that, and must be unknown to the subject.
 */
export function group(title: string, lines: readonly string[], token: string): readonly string[] {
  return [
    `::group::${data(title)}`,
    `::stop-commands::${token}`,
    ...lines,
    `::${token}::`,
    "::endgroup::",
  ];
}

/** The step summary in GitHub's Markdown, below its size limit: what does not fit is counted. */
export function stepSummary(result: RunResult): string {
  const head = [
    `## gameday: ${result.verdict}`,
    "",
    markdown(headline(result)),
    "",
    "| verdict | scenario | outcomes | recovery |",
    "| --- | --- | --- | --- |",
  ];
  const rows = result.scenarios.map(
    (scenario) =>
      `| ${scenario.verdict} | ${markdown(nameOf(scenario))} | ${markdown(outcomesText(scenario))} | ${markdown(recoveryText(scenario) ?? "no fault")} |`,
  );
  const repeats = (result.repeats ?? []).map(
    ({ id, runs, violated, pass }) =>
      `- ${markdown(id)}: violated ${violated} of ${runs}, passed ${pass} of ${runs}`,
  );
  const tail = ["", markdown(limitsSentence(result)), "", markdown(instrumentSentence(result)), ""];
  const problems = [
    ...(result.error === undefined ? [] : ["", `**${markdown(result.error.message)}**`]),
    ...(result.notRun ?? []).map(
      ({ id, reason }) => `- not run: ${markdown(id)}, ${markdown(reason)}`,
    ),
    ...(result.leftOut ?? []).map(
      ({ id, reason }) => `- left out: ${markdown(id)}, ${markdown(reason)}`,
    ),
  ];
  const details = result.scenarios.map((scenario) => detailsOf(scenario).join("\n"));
  return fitted({
    first: [...head, ...rows, "", ...repeats, ...problems].join("\n"),
    parts: details.filter((text) => text !== ""),
    last: tail.join("\n"),
  });
}

/** Joins as many parts as fit; each is whole or left out. */
function fitted(page: {
  readonly first: string;
  readonly parts: readonly string[];
  readonly last: string;
}): string {
  const sizeOf = (text: string): number => Buffer.byteLength(text, "utf8") + 1;
  let left = SUMMARY_BYTES_MAX - sizeOf(page.last) - 200;
  // The table itself may be too long: cut between its rows.
  const firstLines = page.first.split("\n").filter((line) => {
    left -= sizeOf(line);
    return left > 0;
  });
  const kept = page.parts.filter((part) => {
    if (sizeOf(part) > left) return false;
    left -= sizeOf(part);
    return true;
  });
  const cut = page.parts.length - kept.length + (page.first.split("\n").length - firstLines.length);
  const note = cut > 0 ? [`_${counted(cut, "part")} left out for size; result.json has all._`] : [];
  return [firstLines.join("\n"), ...kept, ...note, page.last].join("\n");
}

function detailsOf(scenario: ScenarioResult): readonly string[] {
  if (scenario.verdict === "pass") return [];
  const told = scenario.guarantees.flatMap(({ id, violated, reason, findings }) => {
    if (violated === null) return [`- ${markdown(`${id}: not judged, ${reason ?? "unknown"}`)}`];
    const [first] = findings;
    if (first === undefined) return [];
    return [
      `- ${markdown(first.message)}`,
      ...first.witness
        .slice(0, STORY_LINES_MAX)
        .map(({ atMs, text }) => `  - ${atMs.toFixed(0)} ms: ${markdown(text)}`),
    ];
  });
  return [
    "",
    `<details><summary>${markdown(nameOf(scenario))}: ${scenario.verdict}</summary>`,
    "",
    ...doubtsOf(scenario).map((doubt) => `- ${markdown(doubt)}`),
    ...told,
    `- reproduce: ${markdown(scenario.reproduce)}`,
    "",
    "</details>",
  ];
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Text that Markdown shows as it is: no link, image, mention, table cell or tag comes of it. */
function markdown(text: string): string {
  return inert(text, 1_000)
    .replaceAll(/[&<>]/g, (character) => HTML[character] ?? "")
    .replaceAll(/[\\`*_[\]|~]/g, (character) => `\\${character}`)
    .replaceAll(/[@#]|(?:https?|www)(?=[:.])/gi, "$&&#8203;");
}
