import type { GuaranteeResult } from "../model/guarantee.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";
import { inert, inertLines } from "./sanitize.ts";
import type { ReportFormat } from "./stored-run.ts";
import { doubtsOf, guaranteeSentence } from "./words.ts";

const FINDINGS_MAX = 5;

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly kind: "passed" | "failure" | "error" | "skipped";
  readonly message: string;
  readonly details: string;
}

interface Suite {
  readonly name: string;
  readonly seconds: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

/**
 * `junit.xml`: a suite for each scenario, a testcase for each guarantee. Broken: failure. Could not be
 * rehearsed: error. Proves nothing: skipped with the reason, never passed.
 */
export const junit: ReportFormat = {
  id: "junit",
  file: "junit.xml",
  render: ({ result, partial }) => {
    const suites = [...result.scenarios.map(suiteOf), ...runSuites(result, partial)];
    const cases = suites.flatMap((suite) => suite.cases);
    return [
      `<?xml version="1.0" encoding="UTF-8"?>`,
      `<testsuites${attributes({ name: `gameday ${result.runId}`, ...tally(cases), time: seconds(suites) })}>`,
      ...suites.flatMap((suite) => suiteLines(suite, result.startedAt)),
      "</testsuites>",
      "",
    ].join("\n");
  },
};

function seconds(suites: readonly Suite[]): string {
  return suites.reduce((sum, suite) => sum + suite.seconds, 0).toFixed(3);
}

function suiteOf(scenario: ScenarioResult): Suite {
  const variant = scenario.variant === null ? "" : ` [${scenario.variant}]`;
  const name = `${scenario.id}${variant}`;
  return {
    name,
    seconds: scenario.durationMs / 1000,
    properties: {
      title: scenario.title,
      verdict: scenario.verdict,
      seed: String(scenario.seed),
      reproduce: scenario.reproduce,
    },
    cases: scenario.guarantees.map((guarantee) => caseOf(scenario, guarantee, name)),
  };
}

function caseOf(scenario: ScenarioResult, guarantee: GuaranteeResult, suite: string): Case {
  const sentence = guaranteeSentence(scenario, guarantee);
  const base = { suite, name: guarantee.id, message: sentence, details: "" };
  if (guarantee.violated === true) {
    return { ...base, kind: "failure", details: storyOf(scenario, guarantee) };
  }
  const doubts = doubtsOf(scenario);
  if (scenario.verdict === "environment" || scenario.verdict === "interrupted") {
    const why = doubts[0] ?? `the scenario ended as ${scenario.verdict}`;
    return { ...base, kind: "error", message: why, details: doubts.join("\n") };
  }
  if (guarantee.violated === null) return { ...base, kind: "skipped" };
  return doubts.length === 0
    ? { ...base, kind: "passed" }
    : { ...base, kind: "skipped", message: `proves nothing: ${doubts.join("; ")}` };
}

function storyOf(scenario: ScenarioResult, { findings }: GuaranteeResult): string {
  const told = findings
    .slice(0, FINDINGS_MAX)
    .flatMap(({ message, witness }) => [
      message,
      ...witness.map(({ atMs, text }) => `  ${atMs.toFixed(0).padStart(7)} ms  ${text}`),
    ]);
  const more = findings.length - FINDINGS_MAX;
  return [
    ...told,
    ...(more > 0 ? [`and ${more} more findings in result.json`] : []),
    `reproduce: ${scenario.reproduce}`,
  ].join("\n");
}

/** What went wrong with the run as a whole, so that a reader of JUnit alone never sees a green run. */
function runSuites(
  { error, notRun = [], leftOut = [] }: RunResult,
  partial: string | null,
): readonly Suite[] {
  const cases: readonly Case[] = [
    ...(error === undefined ? [] : [runCase("run", "error", error.message)]),
    ...(partial === null || partial === error?.message
      ? []
      : [runCase("complete", "error", partial)]),
    ...notRun.map(({ id, reason }) => runCase(id, "error", `not run: ${reason}`)),
    ...leftOut.map(({ id, reason }) => runCase(id, "skipped", `left out: ${reason}`)),
  ];
  return cases.length === 0 ? [] : [{ name: "gameday", seconds: 0, properties: {}, cases }];
}

function runCase(name: string, kind: Case["kind"], message: string): Case {
  return { suite: "gameday", name, kind, message: message.split("\n")[0] ?? "", details: message };
}

function tally(cases: readonly Case[]): Readonly<Record<string, string>> {
  const count = (kind: Case["kind"]): string =>
    String(cases.filter((each) => each.kind === kind).length);
  return {
    tests: String(cases.length),
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
}

function suiteLines(suite: Suite, timestamp: string): readonly string[] {
  const head = { name: suite.name, ...tally(suite.cases), time: suite.seconds.toFixed(3) };
  const properties = Object.entries(suite.properties);
  return [
    `  <testsuite${attributes({ ...head, timestamp })}>`,
    ...(properties.length === 0 ? [] : ["    <properties>"]),
    ...properties.map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    ...(properties.length === 0 ? [] : ["    </properties>"]),
    ...suite.cases.flatMap(caseLines),
    "  </testsuite>",
  ];
}

function caseLines({ suite, name, kind, message, details }: Case): readonly string[] {
  const open = `    <testcase${attributes({ classname: suite, name })}`;
  if (kind === "passed") {
    return [`${open}>`, `      <system-out>${xml(message)}</system-out>`, "    </testcase>"];
  }
  const type = kind === "failure" ? "violated" : kind === "error" ? "environment" : "inconclusive";
  const body =
    kind === "skipped"
      ? `      <skipped${attributes({ message })}/>`
      : `      <${kind}${attributes({ message, type })}>${xmlLines(details)}</${kind}>`;
  return [`${open}>`, body, "    </testcase>"];
}

function attributes(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => ` ${name}="${xml(value)}"`)
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function xml(text: string): string {
  return escaped(inert(text));
}

function xmlLines(text: string): string {
  return escaped(inertLines(text, 200));
}
