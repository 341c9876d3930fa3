import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { judgeRun } from "../checker/judge.ts";
import type { FaultMoment, HistoryEvent } from "../model/history.ts";
import type { NotRun, RunResult, ScenarioResult } from "../model/result.ts";
import type { RunHeader } from "../model/run-header.ts";
import { EXIT_CODES, worstVerdict, type RunVerdict } from "../model/verdict.ts";
import { planPayments } from "../workload/payments.ts";
import { seededRandom } from "../workload/random.ts";
import { Crew, type Failure, type Turn } from "./crew.ts";
import { headerOf } from "./header.ts";
import { InFlightIntents } from "./in-flight.ts";
import { JournalWriter } from "./journal-writer.ts";
import { Versions } from "./versions.ts";
import type { ScenarioContext } from "./scenario-context.ts";
import type { RunEnvironment, RunRequest } from "./run-request.ts";
import { rolesOf } from "./roles.ts";
import { runScenario } from "./run-scenario.ts";
import { StopAfter } from "./stop-after.ts";

/**
 * Runs the scenarios and judges the history. Failures of the environment and interruptions are part
 * of the result; only a bug of the harness is thrown.
 */
export async function runScenarios(
  request: RunRequest,
  environment: RunEnvironment,
): Promise<RunResult> {
  mkdirSync(join(request.runFolder, "logs"), { recursive: true });
  const unwritable = new AbortController();
  const journal = new JournalWriter(join(request.runFolder, "journal.ndjson"), environment.clock, {
    redactor: environment.redactor,
    onFailure: (error) => unwritable.abort(error),
  });
  journal.listen(environment.onEvent);
  const stop = new StopAfter(request.maxFailures);
  // Without its history a run proves nothing: it heals, cleans up and ends.
  const signal = AbortSignal.any([environment.signal, unwritable.signal]);
  const within = { ...environment, signal };
  const crew = new Crew(request, within, {
    run: (turn) => runOne(request, within, { ...turn, journal, stop }),
    isEnough: () => stop.isReached(),
  });
  await crew.work();
  journal.close();
  const unwritten = journal.failure();
  const failure = unwritten === null ? crew.failure : { scenario: null, error: unwritten };
  const order = request.scenarios.map(({ id }) => id);
  return resultOf(request, {
    judged: [...judgeRun(journal.events())].sort(
      (a, b) => order.indexOf(a.id) - order.indexOf(b.id),
    ),
    failure,
    versions: crew.versions,
    stack: environment.stack.name,
    stoppedBy: stop.isReached() ? `stopped after ${stop.text()}` : null,
  });
}

async function runOne(
  request: RunRequest,
  environment: RunEnvironment,
  means: Turn & { readonly journal: JournalWriter; readonly stop: StopAfter },
): Promise<string | null> {
  const { stack, journal, stop, scenario, suspect } = means;
  const suffix = `${request.scenarios.indexOf(scenario) + 1}${request.namespace}`;
  const declared = [request.config.input, ...request.config.outputs];
  const topics = Object.fromEntries(declared.map(({ topic }) => [topic, `${topic}.${suffix}`]));
  await stack.broker.createTopics(
    declared.map(({ topic, partitions }) => ({ topic: `${topic}.${suffix}`, partitions })),
  );
  const database = await stack.database.createScenarioDatabase(`scenario_${suffix}`);
  const intents = planPayments(scenario.workload, seededRandom(request.seed));
  const header = headerOf({ request, scenario, stack: stack.name, topics, intents });
  const history = journal.forScenario(scenario.id);
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
      journal: history,
      recorder: history,
      versions: new Versions(),
      suspect,
    });
    stop.note(history.events());
    return leftUnhealed(scenario.id, history.events());
  } finally {
    await database.drop();
  }
}

/**
 * The first fault of a scenario that was not confirmed or not verified as healed, in words: its
 * servers may not be what they were.
 */
function leftUnhealed(scenario: string, events: readonly HistoryEvent[]): string | null {
  const faults = events.filter((event) => event.stream === "fault");
  const has = (faultId: string, moment: FaultMoment): boolean =>
    faults.some((event) => event.faultId === faultId && event.moment === moment);
  const left = faults.find(
    ({ moment, faultId }) =>
      moment === "failed" && !(has(faultId, "confirmed") && has(faultId, "heal-verified")),
  );
  if (left === undefined) return null;
  return `fault ${left.faultId} of ${scenario} failed before this: ${left.detail}`;
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
