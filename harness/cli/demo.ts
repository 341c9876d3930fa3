import { HarnessError } from "../model/errors.ts";
import type { ScenarioResult } from "../model/result.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { loadPackaged } from "./load.ts";
import { runAndStore, stackFor, type StackName } from "./session.ts";

const SCENARIO = "kill-consumer-before-commit";
/** Charges the card in its handler, before its transaction commits. */
const NAIVE = "call-before-commit";

/** The same kill against a naive and the careful consumer, side by side. */
export async function demo(options: {
  readonly print: (line: string) => void;
  readonly output?: string | undefined;
  readonly stack: StackName;
}): Promise<number> {
  const loaded = await loadPackaged();
  const stack = await stackFor(options.stack, loaded, (line) => process.stderr.write(`${line}\n`));
  const scenario = loaded.scenarios.find(({ id }) => id === SCENARIO);
  if (scenario === undefined) {
    throw new HarnessError("internal", `${SCENARIO} is not in the package.`);
  }
  const runs: ScenarioResult[] = [];
  for (const variant of [NAIVE, null]) {
    const { result } = await runAndStore({
      stack,
      loaded,
      scenarios: [scenario],
      variant,
      seed: 20,
      eviction: null,
      isArmed: true,
      output: options.output ?? "reports",
      isQuiet: false,
    });
    const judged = result.scenarios[0];
    if (judged === undefined || result.error !== undefined) {
      throw new HarnessError("environment", result.error?.message ?? "The demo was not judged.");
    }
    runs.push(judged);
  }
  const [naive, careful] = runs;
  if (naive === undefined || careful === undefined) return EXIT_CODES.internal;
  for (const line of sideBySide(naive, careful)) options.print(line);
  const isShown = naive.verdict === "violated" && careful.verdict === "pass";
  return isShown ? EXIT_CODES.pass : EXIT_CODES.inconclusive;
}

/** A table of what the same fault did to both. */
export function sideBySide(naive: ScenarioResult, careful: ScenarioResult): readonly string[] {
  const row = (label: string, of: (result: ScenarioResult) => string | number): string =>
    `${label.padEnd(34)}${String(of(naive)).padEnd(30)}${of(careful)}`;
  const broken = (id: string) => (result: ScenarioResult) =>
    result.guarantees.find((guarantee) => guarantee.id === id)?.findings.length ?? 0;
  const first = naive.guarantees.find(({ id }) => id === "no-duplicate-calls")?.findings[0];
  return [
    "",
    "A consumer was killed before Postgres committed; the naive one had charged the card by then.",
    "",
    row("", (result) => (result === naive ? `naive (${NAIVE})` : "careful")),
    row("payments", ({ outcomes }) => outcomes.expected),
    row("redelivered", ({ exercised }) => exercised.redelivered.length),
    row("posted twice", broken("no-duplicate-effects")),
    row("card charged twice", broken("no-duplicate-calls")),
    row("lost", ({ outcomes }) => outcomes.lost),
    row("verdict", ({ verdict }) => verdict),
    "",
    ...(first === undefined ? [] : [first.message]),
  ];
}
