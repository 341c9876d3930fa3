import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeRun } from "../checker/judge.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { EXIT_CODES, worstVerdict } from "../model/verdict.ts";
import { readJournal } from "./journal-reader.ts";

/** Judges a stored run again from its journal alone and compares. Returns the exit code. */
export function verify(folder: string, print: (line: string) => void): number {
  const { events, isTorn } = readJournal(folder);
  if (isTorn) print("The last line is torn: the harness died while writing it. It was left out.");
  const judged = judgeRun(events);
  const verdict = worstVerdict(judged.map((scenario) => scenario.verdict));
  for (const scenario of judged) print(`${scenario.id}: ${scenario.verdict}`);
  const stored = storedResult(folder);
  if (stored === null) {
    print("No result.json to compare with: the run did not end in order.");
    return EXIT_CODES.inconclusive;
  }
  const differences = differencesOf(stored.scenarios, judged);
  for (const difference of differences) print(`differs: ${difference}`);
  if (differences.length > 0) return EXIT_CODES.inconclusive;
  print(`verdict ${verdict}: agrees with result.json`);
  return isTorn && verdict === "pass" ? EXIT_CODES.inconclusive : EXIT_CODES[verdict];
}

function storedResult(folder: string): RunResult | null {
  try {
    return JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as RunResult;
  } catch {
    return null; // a run that was killed has a journal and no result
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
  return judged.flatMap((now, index) => {
    const then = stored[index];
    if (then === undefined) return [];
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
