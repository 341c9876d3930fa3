import { judgeRun } from "../checker/judge.ts";
import { HarnessError } from "../model/errors.ts";
import type { Finding } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { sanitize } from "../report/sanitize.ts";
import { readJournal } from "./journal-reader.ts";

const RAW_CHARS_MAX = 400;

interface Found {
  readonly scenario: string;
  readonly finding: Finding;
}

/**
 * Lists the findings of a stored run, or tells the story of one (numbered from 1): each fact in order,
 * with the raw event behind it. Judged anew from the journal.
 */
export function show(
  folder: string,
  options: { readonly finding: number | undefined; readonly print: (line: string) => void },
): number {
  const { print } = options;
  const { events } = readJournal(folder);
  const found: readonly Found[] = judgeRun(events).flatMap(({ id, guarantees }) =>
    guarantees.flatMap(({ findings }) => findings.map((finding) => ({ scenario: id, finding }))),
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
    throw new HarnessError("usage", `No finding ${options.finding} in ${folder}: ${have}.`);
  }
  for (const line of storyLines(chosen, events)) print(line);
  return EXIT_CODES.pass;
}

function storyLines(
  { scenario, finding }: Found,
  events: readonly HistoryEvent[],
): readonly string[] {
  const bySeq = new Map(
    events.flatMap((event) => (event.scenario === scenario ? [[event.seq, event] as const] : [])),
  );
  return [
    `${scenario}: ${sanitize(finding.message)}`,
    ...(finding.witness.length === 0 ? ["  no story: the finding is about no single key"] : []),
    ...finding.witness.flatMap(({ seq, atMs, text }) => [
      `  ${String(Math.round(atMs)).padStart(7)} ms  ${sanitize(text)}`,
      `              seq ${seq}: ${shortened(sanitize(JSON.stringify(bySeq.get(seq))))}`,
    ]),
  ];
}

function shortened(text: string): string {
  return text.length <= RAW_CHARS_MAX ? text : `${text.slice(0, RAW_CHARS_MAX)} ...`;
}
