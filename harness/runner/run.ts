import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { judgeRun } from "../checker/judge.ts";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { NotRun, RunResult, ScenarioResult } from "../model/result.ts";
import type { RunHeader } from "../model/run-header.ts";
import type { Scenario } from "../model/scenario.ts";
import { EXIT_CODES, worstVerdict, type RunVerdict } from "../model/verdict.ts";
import type { StartedStack } from "../ports/stack.ts";
import { planPayments } from "../workload/payments.ts";
import { seededRandom } from "../workload/random.ts";
import { headerOf } from "./header.ts";
import { InFlightIntents } from "./in-flight.ts";
import { JournalWriter } from "./journal-writer.ts";
import { Versions } from "./versions.ts";
import type { ScenarioContext } from "./scenario-context.ts";
import type { RunEnvironment, RunRequest } from "./run-request.ts";
import { runScenario } from "./run-scenario.ts";
import { StopAfter } from "./stop-after.ts";

interface Failure {
  readonly scenario: string | null;
  readonly error: HarnessError;
}

/**
 * Runs the scenarios one after the other on one stack and judges the history. Failures of the
 * environment and interruptions are part of the result; only a bug of the harness is thrown.
 */
export async function runScenarios(
  request: RunRequest,
  environment: RunEnvironment,
): Promise<RunResult> {
  mkdirSync(join(request.runFolder, "logs"), { recursive: true });
  const journal = new JournalWriter(
    join(request.runFolder, "journal.ndjson"),
    environment.clock,
    environment.redactor,
  );
  journal.listen(environment.onEvent);
  let failure: Failure | null = null;
  let versions: Readonly<Record<string, string>> = {};
  const stop = new StopAfter(request.maxFailures);
  for (const { brokers, scenarios } of stacksFor(request.scenarios)) {
    if (failure !== null || stop.isReached()) break;
    try {
      await using stack = await environment.stack.start({
        roles: rolesOf(scenarios),
        brokers,
        runFolder: request.runFolder,
        runId: brokers === 1 ? request.runId : `${request.runId}-${brokers}`,
        progress: environment.progress,
        ...(environment.redactLogs ? { redact: environment.redactor.text } : {}),
      });
      versions = { ...stack.versions, ...startupTimes(stack, brokers), ...versions };
      failure = await runAll(request, environment, { stack, journal, scenarios, stop });
    } catch (error) {
      failure = { scenario: null, error: asHarnessError(error, environment.signal) };
    }
  }
  journal.close();
  const unwritten = journal.failure();
  if (unwritten !== null) failure ??= { scenario: null, error: unwritten };
  return resultOf(request, {
    judged: judgeRun(journal.events()),
    failure,
    versions,
    stack: environment.stack.name,
    stoppedBy: stop.isReached() ? `stopped after ${stop.text()}` : null,
  });
}

async function runAll(
  request: RunRequest,
  environment: RunEnvironment,
  means: {
    readonly stack: StartedStack;
    readonly journal: JournalWriter;
    readonly scenarios: readonly Scenario[];
    readonly stop: StopAfter;
  },
): Promise<Failure | null> {
  await means.stack.database.migrateTemplate({
    migrationsFolder: resolve(request.configFolder, request.config.database.migrations),
    auditedTables: auditedTables(request),
  });
  for (const scenario of means.scenarios) {
    try {
      const suspect = unhealedOn(means.journal, means.scenarios);
      await runOne(request, environment, { ...means, scenario, suspect });
    } catch (error) {
      return { scenario: scenario.id, error: asHarnessError(error, environment.signal) };
    }
    if (environment.signal.aborted) {
      const interrupted = new HarnessError("interrupted", "Interrupted.");
      return { scenario: null, error: asHarnessError(interrupted, environment.signal) };
    }
    means.stop.note(means.journal.events(), scenario.id);
    if (means.stop.isReached()) break;
  }
  return null;
}

async function runOne(
  request: RunRequest,
  environment: RunEnvironment,
  means: {
    readonly stack: StartedStack;
    readonly journal: JournalWriter;
    readonly scenario: Scenario;
    readonly suspect: string | null;
  },
): Promise<void> {
  const { stack, journal, scenario, suspect } = means;
  const suffix = String(request.scenarios.indexOf(scenario) + 1);
  const declared = [request.config.input, ...request.config.outputs];
  const topics = Object.fromEntries(declared.map(({ topic }) => [topic, `${topic}.${suffix}`]));
  await stack.broker.createTopics(
    declared.map(({ topic, partitions }) => ({ topic: `${topic}.${suffix}`, partitions })),
  );
  const database = await stack.database.createScenarioDatabase(`scenario_${suffix}`);
  const intents = planPayments(scenario.workload, seededRandom(request.seed));
  const header = headerOf({ request, scenario, stack: stack.name, topics, intents });
  try {
    await runScenario({
      request,
      environment,
      stack,
      scenario,
      header,
      instances: rolesOf([scenario]),
      topics,
      consumed: consumedIn(request, header, topics),
      intents,
      inFlight: new InFlightIntents(),
      database,
      journal,
      recorder: journal.forScenario(scenario.id),
      versions: new Versions(),
      suspect,
    });
  } finally {
    await database.drop();
  }
}

function consumedIn(
  request: RunRequest,
  { group, inputTopic }: RunHeader,
  topics: Readonly<Record<string, string>>,
): ScenarioContext["consumed"] {
  const outputs = request.config.outputs.flatMap((output) =>
    output.group === undefined
      ? []
      : [{ topic: topics[output.topic] ?? output.topic, group: `${group}.${output.group}` }],
  );
  return [{ topic: inputTopic, group }, ...outputs];
}

/** The first fault of these scenarios (they share a stack) that was not healed, in words. */
function unhealedOn(journal: JournalWriter, scenarios: readonly Scenario[]): string | null {
  const ids = new Set(scenarios.map(({ id }) => id));
  const failed = journal
    .events()
    .find(
      (event) => event.stream === "fault" && event.moment === "failed" && ids.has(event.scenario),
    );
  if (failed?.stream !== "fault") return null;
  return `fault ${failed.faultId} of ${failed.scenario} failed before this: ${failed.detail}`;
}

/** A stack outlives scenarios; those that need more brokers get one of their own, last. */
function stacksFor(
  scenarios: readonly Scenario[],
): readonly { readonly brokers: number; readonly scenarios: readonly Scenario[] }[] {
  return [1, 3]
    .map((brokers) => ({
      brokers,
      scenarios: scenarios.filter((scenario) => (scenario.brokers ?? 1) === brokers),
    }))
    .filter((stack) => stack.scenarios.length > 0);
}

function rolesOf(scenarios: readonly Scenario[]): readonly string[] {
  const count = Math.max(1, ...scenarios.map(({ instances }) => instances));
  return Array.from({ length: count }, (_, index) => `consumer-${index + 1}`);
}

function auditedTables(request: RunRequest): readonly string[] {
  const { balance, outbox, work, deadLetters, dedup } = request.config.database;
  const rows = request.config.effects.flatMap((e) => (e.kind === "row" ? [e.table] : []));
  const others = [balance, outbox, work, deadLetters, dedup];
  return [...new Set([...rows, ...others.flatMap((each) => (each ? [each.table] : []))])];
}

function startupTimes(stack: StartedStack, brokers: number): Record<string, string> {
  const prefix = brokers === 1 ? "startup" : `startup-${brokers}`;
  return Object.fromEntries(
    Object.entries(stack.startupMs).map(([part, ms]) => [
      `${prefix}.${part}Ms`,
      String(Math.round(ms)),
    ]),
  );
}

/** What was thrown; when the run was told to stop, why it was. */
function asHarnessError(error: unknown, signal: AbortSignal): HarnessError {
  if (
    error instanceof HarnessError &&
    error.code === "interrupted" &&
    signal.reason instanceof HarnessError
  ) {
    return signal.reason;
  }
  if (error instanceof HarnessError) return error;
  return new HarnessError("internal", messageOf(error), { cause: error });
}

interface Judged {
  readonly judged: readonly ScenarioResult[];
  readonly failure: Failure | null;
  readonly versions: Readonly<Record<string, string>>;
  readonly stack: string;
  readonly stoppedBy: string | null;
}

function resultOf(request: RunRequest, run: Judged): RunResult {
  const { failure } = run;
  const error =
    failure === null
      ? null
      : {
          code: failure.error.code,
          message: [failure.error.message, ...failure.error.details].join("\n"),
        };
  const scenarios = run.judged.map((scenario) =>
    error !== null && failure?.scenario === scenario.id && scenario.verdict !== "violated"
      ? { ...scenario, verdict: failureVerdict(failure), error }
      : scenario,
  );
  const verdicts = scenarios.map(({ verdict }) => verdict);
  const notRun = notRunOf(request, run);
  const verdict = worstVerdict([
    ...verdicts,
    ...(failure === null ? [] : [failureVerdict(failure)]),
    ...(notRun.length === 0 ? [] : ["inconclusive" as const]),
  ]);
  return {
    schemaVersion: 1,
    runId: request.runId,
    startedAt: request.startedAt,
    seed: request.seed,
    stack: run.stack,
    gamedayVersion: request.gamedayVersion,
    verdict,
    exitCode: failure?.error.code === "internal" ? EXIT_CODES.internal : EXIT_CODES[verdict],
    environment: { ...run.versions, node: process.version },
    scenarios,
    ...(notRun.length === 0 ? {} : { notRun }),
    ...(error === null ? {} : { error }),
  };
}

/** Scenarios that were asked for and have no header in the history: they never began. */
function notRunOf(request: RunRequest, { judged, failure, stoppedBy }: Judged): readonly NotRun[] {
  const begun = new Set(judged.map(({ id }) => id));
  const why = stoppedBy ?? failure?.error.message.split("\n")[0] ?? "it left no trace";
  return request.scenarios
    .filter(({ id }) => !begun.has(id))
    .map(({ id }) => ({ id, reason: why }));
}

function failureVerdict(failure: Failure): RunVerdict {
  const { code } = failure.error;
  return code === "interrupted" || code === "inconclusive" ? code : "environment";
}
