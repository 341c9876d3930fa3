import { RunJudge } from "../checker/judge.ts";
import { HarnessError } from "../model/errors.ts";
import type { Finding } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { sanitize } from "../report/sanitize.ts";
import { passJournal } from "./journal-reader.ts";

const RAW_CHARS_MAX = 400;

interface Found {
  readonly scenario: string;
  readonly finding: Finding;
}

/**
 * Lists the findings of a stored run, or tells the story of one (numbered from 1): each fact in order,
 * with the raw event behind it. Judged anew from the journal.
 */
export async function show(
  run: string,
  options: { readonly finding: number | undefined; readonly print: (line: string) => void },
): Promise<number> {
  const { print } = options;
  const { found, cutShort } = await findingsOf(run);
  for (const scenario of cutShort)
    print(
      `PARTIAL: the journal stops before ${sanitize(scenario)} had ended; only what is shown so far is told.`,
    );
  if (options.finding === undefined) {
    for (const [index, { scenario, finding }] of found.entries()) {
      print(`${String(index + 1).padStart(3)}  ${scenario}  ${sanitize(finding.message)}`);
    }
    print(
      found.length === 0
        ? "No findings."
        : `${found.length} findings; --finding N tells the story of one.`,
    );
    return EXIT_CODES.pass;
  }
  const chosen = found[options.finding - 1];
  if (chosen === undefined) {
    const have = found.length === 0 ? "there are none" : `there are 1 to ${found.length}`;
    throw new HarnessError("usage", `No finding ${options.finding} in ${run}: ${have}.`);
  }
  const raw = await rawEvents(run, new Set(chosen.finding.witness.map(({ seq }) => seq)));
  for (const line of storyLines(chosen, raw)) print(line);
  return EXIT_CODES.pass;
}

interface Findings {
  readonly found: readonly Found[];
  /** Scenarios whose end is not in the journal. */
  readonly cutShort: readonly string[];
}

async function findingsOf(run: string): Promise<Findings> {
  const judge = new RunJudge();
  const open = new Set<string>();
  await passJournal(run, (event) => {
    judge.see(event);
    if (event.stream === "header") open.add(event.scenario);
    if (event.stream === "phase" && event.phase === "end") open.delete(event.scenario);
  });
  const judged = judge.conclude();
  if (judged.wantsStories) await passJournal(run, (event) => judged.tell(event));
  const found = judged
    .results()
    .flatMap(({ id, guarantees }) =>
      guarantees.flatMap(({ findings }) => findings.map((finding) => ({ scenario: id, finding }))),
    );
  return { found, cutShort: [...open] };
}

async function rawEvents(
  run: string,
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, HistoryEvent>> {
  const raw = new Map<number, HistoryEvent>();
  if (wanted.size === 0) return raw;
  await passJournal(run, (event) => {
    if (wanted.has(event.seq)) raw.set(event.seq, event);
  });
  return raw;
}

function storyLines(
  { scenario, finding }: Found,
  raw: ReadonlyMap<number, HistoryEvent>,
): readonly string[] {
  const shown = new Set(finding.seqs ?? []);
  return [
    `${scenario}: ${sanitize(finding.message)}`,
    ...(shown.size === 0 ? [] : [`  shown by seq ${[...shown].join(", ")}, marked >`]),
    ...(finding.witness.length === 0 ? ["  no story: the finding is about no single key"] : []),
    ...finding.witness.flatMap(({ seq, atMs, text }) => {
      const event = raw.get(seq);
      const mark = shown.has(seq) ? ">" : " ";
      const where = event === undefined ? "" : laneOf(event);
      return [
        `${mark} ${String(Math.round(atMs)).padStart(7)} ms  ${where.padEnd(8)}  ${sanitize(text)}`,
        `              seq ${seq}: ${shortened(sanitize(JSON.stringify(event)))}`,
      ];
    }),
  ];
}

/** Which of the parties of a story an event is about. */
function laneOf(event: HistoryEvent): string {
  switch (event.stream) {
    case "wire":
      return event.boundary.slice(0, event.boundary.indexOf("."));
    case "intent":
    case "log":
    case "delivery":
    case "offset":
    case "membership":
      return "kafka";
    case "effect":
    case "asked-row":
      return "postgres";
    case "call":
      return "http";
    case "header":
    case "process":
    case "fault":
    case "unread":
    case "assumption":
    case "metric":
    case "phase":
    case "note":
      return event.stream;
  }
}

function shortened(text: string): string {
  return text.length <= RAW_CHARS_MAX ? text : `${text.slice(0, RAW_CHARS_MAX)} ...`;
}
