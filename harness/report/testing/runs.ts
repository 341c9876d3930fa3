import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunResult, ScenarioResult } from "../../model/result.ts";
import type { RunVerdict } from "../../model/verdict.ts";
import type { StoredRun } from "../stored-run.ts";

const testdata = fileURLToPath(new URL("../../checker/testdata/", import.meta.url));

/** Results of real runs, by the name of their folder. */
export const savedRuns: ReadonlyMap<string, RunResult> = new Map(
  readdirSync(testdata).map((name) => {
    const text = readFileSync(join(testdata, name, "result.json"), "utf8");
    return [name, JSON.parse(text) as RunResult];
  }),
);

/** The saved run in a folder of testdata. */
export function savedRun(name: string): RunResult {
  const found = savedRuns.get(name);
  if (found === undefined) throw new Error(`no saved run ${name}`);
  return found;
}

export const whole = (result: RunResult): StoredRun => ({ result, events: [], partial: null });

/** A run that ended as `verdict` because of the error. */
export function failedRun(verdict: RunVerdict, message: string): RunResult {
  const base = savedRun("pass");
  const error = { code: verdict, message };
  const scenarios = base.scenarios.map((each) => ({ ...each, verdict, error }));
  return { ...base, verdict, scenarios, error };
}

/** A run of `count` scenarios, all like the first of `result`. */
export function manyScenarios(result: RunResult, count: number): RunResult {
  const [first] = result.scenarios;
  if (first === undefined) throw new Error("a run without scenarios");
  const scenarios = Array.from({ length: count }, (_, i) => ({ ...first, id: `${first.id}-${i}` }));
  return { ...result, scenarios };
}

/** What attackers put into payloads, keys and error texts. */
export const HOSTILE: readonly string[] = [
  `<script>alert(1)</script><img src=x onerror=alert(1)>`,
  `"/><failure/></testcase>]]>&bogus;<!-- `,
  `\u001b[2J\u001b]0;owned\u0007red`,
  `\u202egnp.exe\u2066\u061c`,
  `nul\u0000 \u0008 \ufffe \ud800 half`,
  `line\n::error title=owned::pwned\n::set-output name=x::y\r\n##[command]rm`,
  `| table | [link](javascript:alert(1)) \`code\` **bold** @everyone #1 https://evil.example`,
  `%0A::warning::percent`,
  "x".repeat(1_000_000),
];

/** The violated run with every text of evidence replaced by `text`. */
export function hostileRun(text: string): RunResult {
  const base = savedRun("no-duplicate-effects");
  const scenarios = base.scenarios.map((scenario): ScenarioResult => ({
    ...scenario,
    title: text,
    hypothesis: text,
    variant: text,
    reproduce: text,
    faults: scenario.faults.map((fault) => ({ ...fault, trigger: text, evidence: text })),
    exercised: { ...scenario.exercised, redelivered: [text], missing: [text] },
    assumptions: scenario.assumptions.map((each) => ({ ...each, holds: false, detail: text })),
    guarantees: scenario.guarantees.map((guarantee) => ({
      ...guarantee,
      reason: text,
      findings: guarantee.findings.map((finding) => ({
        ...finding,
        key: text,
        message: text,
        witness: finding.witness.map((line) => ({ ...line, text })),
      })),
    })),
    redeploy: [{ key: text, what: "dedup key", current: text, next: text }],
    zombies: [{ instance: text, act: "transaction", key: text, atMs: 1, outcome: "harmful" }],
    unread: { [text]: 1 },
  }));
  return { ...base, scenarios, error: { code: "environment", message: text } };
}
