import { EXIT_CODES, type RunVerdict } from "../model/verdict.ts";
import { inert } from "../report/sanitize.ts";
import { trendsOf, type Trend } from "../report/trend.ts";
import { counted } from "../report/words.ts";
import { storedResults } from "./stored-results.ts";

const RUNS_SHOWN = 20;
const MARKS: Readonly<Record<RunVerdict, string>> = {
  pass: ".",
  violated: "V",
  inconclusive: "?",
  environment: "E",
  interrupted: "I",
};

/** Prints the trend of every scenario over the stored runs. Returns the exit code. */
export function history(
  reports: string,
  options: {
    readonly filter: string | undefined;
    readonly isJson: boolean;
    readonly print: (line: string) => void;
  },
): number {
  const { runs, unread } = storedResults(reports);
  const trends = trendsOf(runs.map(({ result }) => result)).filter(({ scenario }) =>
    scenario.includes(options.filter ?? ""),
  );
  if (options.isJson) {
    options.print(JSON.stringify({ runs: runs.length, unread, trends }, null, 2));
    return EXIT_CODES.pass;
  }
  for (const line of trends.flatMap(trendLines)) options.print(line);
  const lost =
    unread.length === 0 ? "" : `, ${unread.length} without a result (crashed, or going on)`;
  options.print(`${counted(runs.length, "run")} in ${reports}${lost}`);
  if (trends.length > 0)
    options.print("oldest first: . pass, V violated, ? inconclusive, E environment, I interrupted");
  return EXIT_CODES.pass;
}

function trendLines(trend: Trend): readonly string[] {
  const { scenario, variant, verdicts, pass, violated, drainedMs, remarks } = trend;
  const marks = verdicts.slice(-RUNS_SHOWN).map((verdict) => MARKS[verdict]);
  const name = inert(variant === null ? scenario : `${scenario} [${variant}]`);
  const recovery = drainedMs === null ? "" : `, drained in ${Math.round(drainedMs)} ms (median)`;
  return [
    name,
    `  ${marks.join("").padEnd(RUNS_SHOWN)}  passed ${pass}, violated ${violated} of ${verdicts.length}${recovery}`,
    ...remarks.map((remark) => `  ${remark}`),
  ];
}
