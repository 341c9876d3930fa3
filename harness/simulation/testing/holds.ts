import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { judgeRun } from "../../checker/judge.ts";
import { messageOf } from "../../model/errors.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { EXIT_CODES, worstVerdict } from "../../model/verdict.ts";

type Events = readonly HistoryEvent[];

export interface Claim<T> {
  readonly cases: fc.Arbitrary<T>;
  /** The history that a case is about: what is kept when the claim fails. */
  readonly historyOf: (instance: T) => Events | null;
  /** Throws when the claim does not hold; a case without a history says nothing. */
  readonly check: (history: Events, instance: T) => void;
  readonly numRuns?: number;
}

/**
 * Tries a claim on many cases. When one fails it is shrunk, and the history of the smallest one that
 * still fails is left as a folder of the form that `testdata/` has.
 */
export function holds<T>({ cases, historyOf, check, numRuns = 60 }: Claim<T>): void {
  const property = fc.property(cases, (instance) => {
    const history = historyOf(instance);
    if (history !== null) check(history, instance);
  });
  const details = fc.check(property, { numRuns });
  if (!details.failed) return;
  const [smallest] = details.counterexample ?? [];
  const history = smallest === undefined ? null : historyOf(smallest);
  const folder = history === null ? "no history" : kept(history);
  throw new Error(
    `${messageOf(details.errorInstance)}\nShrunk ${details.numShrinks} times to ${history?.length ?? 0} events: ${folder} (copy it to testdata, with a result.json that says what is right). fast-check seed ${details.seed}, path ${details.counterexamplePath}.`,
  );
}

/** Journal and present result, for `gameday verify`. */
function kept(history: Events): string {
  const folder = mkdtempSync(join(tmpdir(), "gameday-counterexample-"));
  const journal = history.map((event) => `${JSON.stringify(event)}\n`).join("");
  writeFileSync(join(folder, "journal.ndjson.gz"), gzipSync(journal));
  const scenarios = judgeRun(history);
  const verdict = worstVerdict(scenarios.map((scenario) => scenario.verdict));
  const result = { schemaVersion: 1, verdict, exitCode: EXIT_CODES[verdict], scenarios };
  writeFileSync(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  return folder;
}
