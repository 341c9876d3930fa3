import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RunJudge } from "../checker/judge.ts";
import { journalFile } from "../journal/journal-file.ts";
import { CorruptJournal } from "../journal/journal-parser.ts";
import { HarnessError } from "../model/errors.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { EXIT_CODES, worstVerdict, type RunVerdict } from "../model/verdict.ts";
import { sanitize } from "../report/sanitize.ts";
import { passJournal } from "./journal-reader.ts";
import { runsNamed } from "./named-runs.ts";

type Print = (line: string) => void;

const REASONS_MAX = 5;

/**
 * Judges stored runs again, each from its journal alone, and compares with its result. Returns the
 * exit code of the worst: a violation, then a run that cannot be read, then an inconclusive one.
 */
export async function verify(names: readonly string[], print: Print): Promise<number> {
  const runs = runsNamed(names);
  const codes: number[] = [];
  for (const run of runs) {
    if (runs.length > 1) print(`${run}:`);
    codes.push(await verifyAmong(run, { isAlone: runs.length === 1, print }));
  }
  const { violated, usage, inconclusive, pass } = EXIT_CODES;
  const worst = [violated, usage, inconclusive].find((code) => codes.includes(code)) ?? pass;
  if (runs.length > 1) print(summaryOf(codes));
  return worst;
}

function summaryOf(codes: readonly number[]): string {
  const count = (code: number): number => codes.filter((each) => each === code).length;
  const { pass, violated, inconclusive, usage } = EXIT_CODES;
  return `${codes.length} runs: ${count(pass)} pass, ${count(violated)} violated, ${count(inconclusive)} inconclusive, ${count(usage)} not readable`;
}

/** One of several that cannot be read does not keep the others from being judged. */
async function verifyAmong(
  run: string,
  { isAlone, print }: { readonly isAlone: boolean; readonly print: Print },
): Promise<number> {
  try {
    return await verifyOne(run, print);
  } catch (error) {
    if (isAlone || !(error instanceof HarnessError)) throw error;
    print(sanitize(error.message));
    return EXIT_CODES[error.code];
  }
}

async function verifyOne(run: string, print: Print): Promise<number> {
  const judge = new RunJudge();
  let isTorn = false;
  try {
    ({ isTorn } = await passJournal(run, (event) => judge.see(event)));
  } catch (error) {
    if (!(error instanceof CorruptJournal)) throw error;
    print(`inconclusive: ${sanitize(error.message)}`);
    return EXIT_CODES.inconclusive;
  }
  if (isTorn) print("The last line is torn: the harness died while writing it. It was left out.");
  const judged = judge.conclude().results();
  for (const scenario of judged) for (const line of linesOf(scenario)) print(line);
  if (judged.length === 0) print("The journal has no header: nothing was run.");
  const verdict = worstVerdict(judged.map((scenario) => scenario.verdict));
  return agreement(run, { judged, verdict, isTorn, print });
}

function linesOf(scenario: ScenarioResult): readonly string[] {
  const heading = `${sanitize(scenario.id)}: ${scenario.verdict}`;
  if (scenario.verdict !== "inconclusive") return [heading];
  const { guarantees, exercised, assumptions } = scenario;
  const reasons = [
    ...exercised.missing,
    ...assumptions.flatMap(({ name, holds, detail }) =>
      holds === true ? [] : [`${name}: ${detail}`],
    ),
    ...guarantees.flatMap(({ id, reason }) => (reason === undefined ? [] : [`${id}: ${reason}`])),
  ];
  return [heading, ...reasons.slice(0, REASONS_MAX).map((reason) => `  ${sanitize(reason)}`)];
}

interface Again {
  readonly judged: readonly ScenarioResult[];
  readonly verdict: RunVerdict;
  readonly isTorn: boolean;
  readonly print: Print;
}

function agreement(run: string, { judged, verdict, isTorn, print }: Again): number {
  // A violation stands, whatever is unknown besides.
  const atBest = verdict === "violated" ? EXIT_CODES.violated : EXIT_CODES.inconclusive;
  const stored = storedResult(run);
  if (stored === null) {
    const isFolder = statSync(run).isDirectory();
    print(
      isFolder
        ? "No result.json to compare with: the run did not end in order."
        : `verdict ${verdict}: no result.json to compare with`,
    );
    return isFolder || isTorn ? atBest : EXIT_CODES[verdict];
  }
  const differences = differencesOf(stored.scenarios, judged);
  for (const difference of differences) print(`differs: ${sanitize(difference)}`);
  if (differences.length > 0) return atBest;
  print(`verdict ${verdict}: agrees with result.json`);
  return isTorn ? atBest : EXIT_CODES[verdict];
}

/** The result beside a run's journal; a journal of another name belongs to none. */
function storedResult(run: string): RunResult | null {
  const journal = journalFile(run);
  const file = join(dirname(journal), "result.json");
  if (!basename(journal).startsWith("journal.ndjson") || !existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RunResult;
  } catch {
    return null; // a result that was cut off is as good as none
  }
}

/** Differences in verdicts, guarantees and outcomes, in words. */
export function differencesOf(
  stored: readonly ScenarioResult[],
  judged: readonly ScenarioResult[],
): readonly string[] {
  if (stored.length !== judged.length) {
    return [`${stored.length} scenarios stored, ${judged.length} judged`];
  }
  // By name: with several workers the journal has them in another order than the result.
  const byId = new Map(stored.map((each) => [each.id, each]));
  return judged.flatMap((now) => {
    const then = byId.get(now.id);
    if (then === undefined) return [`${now.id}: judged, and not in the stored result`];
    const differs = (what: string, a: unknown, b: unknown): readonly string[] =>
      JSON.stringify(a) === JSON.stringify(b)
        ? []
        : [`${now.id}: ${what} was ${JSON.stringify(a)}, is ${JSON.stringify(b)}`];
    const flags = (result: ScenarioResult) =>
      result.guarantees.map(({ id, violated }) => [id, violated]);
    return [
      ...(then.error === undefined ? differs("verdict", then.verdict, now.verdict) : []),
      ...differs("guarantees", flags(then), flags(now)),
      ...differs("outcomes", then.outcomes, now.outcomes),
    ];
  });
}
