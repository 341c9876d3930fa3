import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { judgeRun } from "../checker/judge.ts";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { FaultMoment, HistoryEvent } from "../model/history.ts";
import type { NotRun, RunResult, ScenarioResult } from "../model/result.ts";
import { projectText, type RunHeader } from "../model/run-header.ts";
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
import { ScenarioLimits } from "./scenario-limit.ts";
import { asEnded } from "./standing.ts";
import { StopAfter } from "./stop-after.ts";
import type { TimeLimit } from "./time-limit.ts";

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
  const limits = new ScenarioLimits(request.timeoutMs);
  // Without its history a run proves nothing: it heals, cleans up and ends.
  const signal = AbortSignal.any([environment.signal, unwritable.signal]);
  const within = { ...environment, signal };
  const crew = new Crew(request, within, {
    run: (turn) => runOne(request, within, { ...turn, journal, stop, limits }),
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
    limits,
    versions: crew.versions,
    stack: environment.stack.name,
    stoppedBy: stop.isReached() ? `stopped after ${stop.text()}` : null,
  });
}

interface Bookkeeping {
  readonly journal: JournalWriter;
  readonly stop: StopAfter;
  readonly limits: ScenarioLimits;
}

async function runOne(
  request: RunRequest,
  environment: RunEnvironment,
  means: Turn & Bookkeeping,
): Promise<string | null> {
  const { stack, journal, stop, limits, scenario, suspect } = means;
  const { holdUp } = environment;
  using limit = limits.start(scenario.id);
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
    const context: ScenarioContext = {
      request,
      environment: {
        ...environment,
        signal: AbortSignal.any([environment.signal, limit.signal, stack.lost]),
      },
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
      hold: async (standing) => {
        const isLast = means.isLast || stop.isReachedWith(asEnded(history.events()));
        if (holdUp === null || !isLast || environment.signal.aborted) return;
        limit[Symbol.dispose]();
        const up = standing();
        await history.sealed(() => holdUp(up));
      },
      suspect,
    };
    await endedInTime(context, limit);
    stop.note(history.events(), limit.signal.aborted);
    return leftUnhealed(scenario.id, history.events(), limit.signal.aborted);
  } finally {
    await database.drop();
  }
}

/** What follows from the limit that a scenario reached ends that scenario, not the run. */
async function endedInTime(context: ScenarioContext, { signal }: TimeLimit): Promise<void> {
  try {
    await runScenario(context);
  } catch (error) {
    const isFirst = signal.aborted && context.environment.signal.reason === signal.reason;
    if (!isFirst || !(error instanceof HarnessError) || error.code === "internal") throw error;
    context.environment.progress(`TIMEOUT: ${messageOf(signal.reason)}`);
  }
}

/**
 * The first fault of a scenario that was not confirmed or not verified as healed, in words: its
 * servers may not be what they were. In one that was cut short, no word of a heal is no heal.
 */
function leftUnhealed(
  scenario: string,
  events: readonly HistoryEvent[],
  isCutShort: boolean,
): string | null {
  const faults = events.filter((event) => event.stream === "fault");
  const has = (faultId: string, moment: FaultMoment): boolean =>
    faults.some((event) => event.faultId === faultId && event.moment === moment);
  const left = faults.find(
    ({ moment, faultId }) =>
      (moment === "failed" && !(has(faultId, "confirmed") && has(faultId, "heal-verified"))) ||
      (isCutShort && moment === "fired" && !has(faultId, "heal-verified")),
  );
  if (left === undefined) return null;
  const why = left.moment === "failed" ? "failed before this" : "was cut short before this";
  return `fault ${left.faultId} of ${scenario} ${why}: ${left.detail}`;
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
  readonly limits: ScenarioLimits;
  readonly versions: Readonly<Record<string, string>>;
  readonly stack: string;
  readonly stoppedBy: string | null;
}

function resultOf(request: RunRequest, run: Judged): RunResult {
  const { failure } = run;
  const error = failure === null ? null : toldError(failure.error);
  const scenarios = run.judged.map((scenario) => {
    const ended =
      run.limits.of(scenario.id) ?? (failure?.scenario === scenario.id ? failure.error : null);
    // What was shown before it was ended stands.
    if (ended === null || scenario.verdict === "violated") return scenario;
    return { ...scenario, verdict: failureVerdict(ended), error: toldError(ended) };
  });
  const verdicts = scenarios.map(({ verdict }) => verdict);
  const notRun = notRunOf(request, run);
  const verdict = worstVerdict([
    ...verdicts,
    ...(failure === null ? [] : [failureVerdict(failure.error)]),
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
    environment: {
      ...run.versions,
      node: process.version,
      ...(request.project === null ? {} : { project: projectText(request.project) }),
    },
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

function toldError({ code, message, details }: HarnessError): NonNullable<RunResult["error"]> {
  return { code, message: [message, ...details].join("\n") };
}

function failureVerdict({ code }: HarnessError): RunVerdict {
  return code === "interrupted" || code === "inconclusive" ? code : "environment";
}
