import { EDITS_FILE, merged, parseEdits } from "../edits.ts";
import { limitsOf } from "../facts/limits.ts";
import { rehearsedFacts } from "../facts/rehearsed.ts";
import { recoveryFacts } from "../facts/recovery.ts";
import { factsOf, type ScenarioFacts } from "../facts/scenario-facts.ts";
import { verdictWords } from "../facts/verdict-words.ts";
import { duration, offsetFrom } from "../numbers.ts";
import type { RehearsedRun } from "../rehearsed-run.ts";
import { blocks, bullets, md, mdTable, section } from "./md.ts";
import { retrospectiveBlocks } from "./retrospective-md.ts";

const TIMELINE_ROWS_MAX = 60;

/** The document of a game day: filled in from facts, completed by people in the side file. */
export function renderRehearsal(run: RehearsedRun): string {
  const edits = run.edits === undefined ? null : parseEdits(run.edits);
  const facts = factsOf(run);
  const words = verdictWords(run);
  const roles = merged([], "Roles", edits).map(({ text }) => md(text));
  const body = blocks([
    `# Rehearsal of ${md(run.result.startedAt.slice(0, 10))}`,
    `**${words.label}.** ${md(words.headline)} ${words.sentences.map(md).join(" ")}`,
    run.partial === null ? null : `> **Partial.** ${md(run.partial)}`,
    section(
      2,
      "Roles",
      roles.length === 0 ? `Nobody is named yet: add them to ${EDITS_FILE}.` : bullets(roles),
    ),
    section(2, "Hypothesis", ...facts.map(hypothesisText)),
    section(2, "Timeline", ...facts.map(timelineTable)),
    section(2, "Detection and recovery", recoveryTable(facts)),
    ...retrospectiveBlocks(run, facts, edits),
    section(2, "Limits", bullets(limitsOf(run, facts).map(md))),
    `_Made from the run's journal. People write in ${EDITS_FILE}; this file is written anew each time._`,
  ]);
  return `${body}\n`;
}

function hypothesisText(facts: ScenarioFacts): string {
  const { story } = rehearsedFacts(facts);
  return `**${md(facts.result.title)}.** ${md(facts.result.hypothesis)}${story === null ? "" : `\n\n${md(story)}`}`;
}

function timelineTable(facts: ScenarioFacts): string | null {
  const rows = timelineRows(facts);
  if (rows.length === 0) return null;
  const more =
    rows.length > TIMELINE_ROWS_MAX
      ? `\n\n_${rows.length - TIMELINE_ROWS_MAX} more in the journal._`
      : "";
  return `**${md(facts.result.title)}**\n\n${mdTable(
    ["When", "What"],
    rows.slice(0, TIMELINE_ROWS_MAX).map(({ ms, text }) => [offsetFrom(ms), md(text)]),
  )}${more}`;
}

interface Row {
  readonly ms: number;
  readonly text: string;
}

/** Phases, faults, deaths, evictions and notes, relative to the first fault. */
function timelineRows({ evidence, faults }: ScenarioFacts): readonly Row[] {
  if (evidence === null) return [];
  const fired = faults.flatMap(({ firedAtMs }) => firedAtMs ?? []);
  const zeroMs = fired.length > 0 ? Math.min(...fired) : (evidence.events[0]?.atMs ?? 0);
  return evidence.events.flatMap((event): readonly Row[] => {
    const row = (text: string): readonly Row[] => [{ ms: event.atMs - zeroMs, text }];
    if (event.stream === "phase") return row(`phase ${event.phase} begins`);
    if (event.stream === "note") return row(`note: ${event.text}`);
    if (event.stream === "fault")
      return row(`fault ${event.faultId} ${event.moment}: ${event.detail}`);
    if (event.stream === "process" && (event.kind === "exited" || event.kind === "ready")) {
      const how =
        event.kind === "ready"
          ? "is ready"
          : `is gone (${event.signal ?? `code ${event.code ?? "unknown"}`})`;
      return row(`${event.instance} (process ${event.pid}) ${how}`);
    }
    if (event.stream === "membership" && event.kind === "evicted") {
      return row(`${event.instance} evicted from its group (${event.eviction ?? "unknown cause"})`);
    }
    return [];
  });
}

function recoveryTable(facts: readonly ScenarioFacts[]): string | null {
  const rows = facts.flatMap((one) => {
    const found = recoveryFacts(one);
    if (found === null) return [];
    const { milestones, targetMs } = found;
    const drained = one.result.recovery.drainedMs;
    const verdict =
      targetMs === null ? "no target" : drained !== null && drained <= targetMs ? "met" : "missed";
    return [
      [
        md(one.result.id),
        ...milestones.map(({ ms }) => (ms === null ? "not seen" : duration(ms))),
        targetMs === null ? "–" : duration(targetMs),
        verdict,
      ],
    ];
  });
  return rows.length === 0
    ? "No fault struck: there was nothing to recover from."
    : mdTable(["Scenario", "Detected", "First progress", "Drained", "Target", "Target is"], rows);
}
