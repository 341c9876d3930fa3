import { EXIT_CODES } from "../model/verdict.ts";
import { compareRuns, type Change, type Comparison } from "../report/compare.ts";
import { inert } from "../report/sanitize.ts";
import { counted } from "../report/words.ts";
import { readStoredRun } from "./stored-run-reader.ts";

/**
 * Compares two stored runs. Exit code: 1 when a verdict, guarantee or outcome became worse or a timing
 * did beyond the noise of repeated runs; 2 when less is known than before; 0 otherwise.
 */
export function compare(
  folders: { readonly before: string; readonly after: string },
  options: { readonly isJson: boolean; readonly print: (line: string) => void },
): number {
  const comparison = compareRuns(
    readStoredRun(folders.before).result,
    readStoredRun(folders.after).result,
  );
  if (options.isJson) options.print(JSON.stringify(comparison, null, 2));
  else for (const line of comparisonLines(comparison)) options.print(line);
  return exitCodeOf(comparison);
}

function comparisonLines({
  before,
  after,
  verdicts,
  changes,
  noise,
  notes,
}: Comparison): readonly string[] {
  const of = (effect: Change["effect"]): readonly string[] =>
    changes
      .filter((change) => change.effect === effect)
      .map(({ scenario, text }) => `  ${effect.padEnd(12)} ${inert(scenario)}: ${inert(text)}`);
  const regressions = of("regression");
  return [
    `${before} (${verdicts.before}) -> ${after} (${verdicts.after})`,
    ...notes.map((note) => `  note         ${inert(note)}`),
    ...regressions,
    ...of("unclear"),
    ...of("improvement"),
    `${counted(regressions.length, "regression")}; ${counted(noise, "timing")} within noise (three runs a side show the spread: --repeat-each 3).`,
  ];
}

function exitCodeOf({ changes, verdicts }: Comparison): number {
  const worse = changes.filter(({ effect }) => effect === "regression");
  const isBroken = worse.some(({ what, text }) => what !== "verdict" || text.endsWith("violated"));
  if (isBroken && verdicts.after !== "inconclusive") return EXIT_CODES.violated;
  const isLess = changes.some(({ what, text }) => what === "presence" && text.startsWith("was "));
  return worse.length > 0 || isLess ? EXIT_CODES.inconclusive : EXIT_CODES.pass;
}
