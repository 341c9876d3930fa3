import { HarnessError } from "../model/errors.ts";
import { MANUAL } from "../model/boundary.ts";
import type { Phase } from "../model/history.ts";
import { startPaymentsApi } from "../doubles/payments-api.ts";
import type { ApiDouble } from "../ports/api.ts";
import { sendIntents } from "../workload/send.ts";
import { bypassesSeen, collect, collectMetrics, collectUnread } from "./collect.ts";
import { drain } from "./drain.ts";
import { FaultDesk } from "./fault-desk.ts";
import type { Intent } from "../model/intent.ts";
import { hasRedeploy } from "../model/scenario.ts";
import { keyOfTrigger, triggerText } from "./header.ts";
import { Instances } from "./instances.ts";
import { openLinks, type OpenLinks } from "./instance-links.ts";
import { brokenLinks } from "./link-proof.ts";
import { bypassesAtReady, preflight } from "./preflight.ts";
import type { ScenarioContext } from "./scenario-context.ts";
import { standingOf } from "./standing.ts";
import { TriggerGate } from "./trigger-gate.ts";

/** Takes one scenario through its phases. Everything it learns is in the history. */
export async function runScenario(context: ScenarioContext): Promise<void> {
  const { recorder, instances } = context;
  recorder.record({ stream: "header", ...context.header });
  let desk: FaultDesk | null = null;
  const gate = new TriggerGate(async (armed, frame) => {
    if (desk === null) throw new HarnessError("internal", "A fault fired before its desk opened.");
    return desk.carryOut(armed, frame);
  });
  await using api = await startPaymentsApi({
    api: apiNameOf(context),
    instances,
    host: context.stack.tapHost,
    mode: context.scenario.api,
    recorder,
    attribution: context.inFlight,
    gate,
    versionOf: hasRedeploy(context.scenario) ? (name) => context.versions.of(name) : null,
  });
  await using links = await openLinks(context, gate, api);
  const ports = await context.stack.subjects.freePorts(instances.length);
  const httpPorts = new Map(instances.map((instance, index) => [instance, ports[index] ?? 0]));
  await using subjects = new Instances(context, { links, httpPorts, gate });
  desk = new FaultDesk({
    context,
    links,
    instances: () => subjects,
    onMoment: (faultId, moment, victim) => gate.noteMoment(faultId, moment, victim),
  });

  enter(context, "preflight");
  noteSuspect(context);
  const wrong = await preflight(context, links);
  if (wrong.length === 0) {
    await Promise.all(instances.map((instance) => subjects.start(instance)));
    wrong.push(...bypassesAtReady(links));
  }
  if (wrong.length > 0) {
    noteBypass(context, wrong);
  } else {
    try {
      await rehearse(context, { api, links, subjects, desk, gate });
    } finally {
      // Also after Ctrl-C: what was done to servers and links is undone while they are there.
      await desk.healed();
    }
  }
  enter(context, "collect");
  collectUnread(context, links);
  await collect(context);
  await context.hold(() => {
    gate.disarm();
    const health = subjects.urlsOf(context.request.config.subject.healthPath);
    return standingOf(context, { api, health });
  });
  enter(context, "down");
  await subjects.stopAll();
  enter(context, "end");
}

interface Cast {
  readonly api: ApiDouble;
  readonly links: OpenLinks;
  readonly subjects: Instances;
  readonly desk: FaultDesk;
  readonly gate: TriggerGate;
}

async function rehearse(context: ScenarioContext, cast: Cast): Promise<void> {
  enter(context, "steady");
  arm(context, cast.gate);
  using manual = manualFaults(context, cast.gate);
  void manual; // held until the scenario has drained
  await sendWorkload(context);
  enter(context, "heal");
  let isDrained = await drain(context, cast.api);
  const mayMove = isDrained || cast.desk.isHealing();
  await cast.desk.healed();
  // A heal may have moved partitions; what it set in motion must have come to rest as well. What was
  // stuck with every fault healed is not waited for a second time.
  if (mayMove && context.scenario.faults.length > 0) isDrained = await drain(context, cast.api);
  if (!isDrained) noteBrokenLinks(context, await brokenLinks(context, cast.links));
  const { metrics } = context.request.config.subject;
  if (metrics !== undefined) await collectMetrics(context, cast.subjects.urlsOf(metrics.path));
  const unplanned = cast.subjects.unplannedExits();
  context.recorder.record({
    stream: "assumption",
    name: "subject-alive",
    holds: unplanned.length === 0,
    detail: unplanned.length === 0 ? "no exit that was not planned" : unplanned.join("; "),
  });
  noteBypass(context, await bypassesSeen(context, cast.links));
}

/** Lets a person fire faults whose trigger is `manual`, one after the other. */
function manualFaults(context: ScenarioContext, gate: TriggerGate): Disposable {
  const end = context.environment.onManual(() => {
    const next = gate.nextManual();
    if (next === null) {
      return context.environment.progress("no fault of this scenario waits for a person");
    }
    const instance = next.spec.at.match?.instance ?? context.instances[0] ?? "";
    const named = context.intents.filter(({ key }) => key === next.key);
    void gate.meet({ boundary: MANUAL, instance, named });
  });
  return { [Symbol.dispose]: end };
}

function arm(context: ScenarioContext, gate: TriggerGate): void {
  const { isArmed } = context.request;
  for (const spec of context.scenario.faults) {
    const key = keyOfTrigger(spec.at, context.intents);
    if (isArmed) gate.arm({ spec, key });
    context.recorder.record({
      stream: "fault",
      faultId: spec.id,
      moment: isArmed ? "armed" : "planned",
      instance: spec.at.match?.instance ?? null,
      frame: null,
      detail: `${spec.fault} at ${triggerText(spec.at, key)}${isArmed ? "" : " (disarmed)"}`,
    });
  }
}

async function sendWorkload(context: ScenarioContext): Promise<void> {
  const producer = await context.stack.broker.producer();
  try {
    await sendIntents({
      intents: context.intents,
      topic: context.header.inputTopic,
      encode: context.request.config.input.encode,
      producer,
      recorder: context.recorder,
      clock: context.environment.clock,
      signal: context.environment.signal,
      copies: context.scenario.workload.copies ?? [],
      onSending: (intent) => context.inFlight.add(intent),
      mayBeSent: (intent) => held(context, intent),
    });
  } finally {
    await producer.close();
  }
}

/** Waits for the faults that this intent is to come after; a fault that never fires holds nothing up for good. */
async function held(context: ScenarioContext, intent: Intent): Promise<void> {
  const { scenario, journal, environment, request } = context;
  const holds = scenario.workload.holds ?? [];
  for (const { intent: nth, until } of request.isArmed ? holds : []) {
    if (nth !== intent.index + 1) continue;
    await journal.first(
      (event) =>
        event.stream === "fault" &&
        event.faultId === until.fault &&
        (event.moment === until.moment || event.moment === "failed"),
      { from: 0, deadlineMs: scenario.drainTimeoutMs, signal: environment.signal },
    );
  }
}

/** Observations on servers that an earlier fault may still hurt prove nothing. */
function noteSuspect({ recorder, suspect, environment }: ScenarioContext): void {
  const detail = suspect ?? "no earlier fault on these servers is left unhealed";
  recorder.record({ stream: "assumption", name: "stack-sound", holds: suspect === null, detail });
  if (suspect !== null) environment.progress(`SUSPECT: ${suspect}`);
}

/** A system on links that do not carry cannot show whether it recovers. */
function noteBrokenLinks({ recorder }: ScenarioContext, broken: readonly string[]): void {
  if (broken.length === 0) return;
  const detail = `with every fault healed the links do not carry: ${broken.join(" ")}`;
  recorder.record({ stream: "assumption", name: "stack-sound", holds: false, detail });
}

function noteBypass(context: ScenarioContext, ways: readonly string[]): void {
  context.recorder.record({
    stream: "assumption",
    name: "no-bypass",
    holds: ways.length === 0,
    detail:
      ways.length === 0
        ? "brokers advertise only the links, a disabled link cuts its instance off, all traffic was seen"
        : `The subject goes around its links: ${ways.join("; ")}`,
  });
}

function enter(context: ScenarioContext, phase: Phase): void {
  context.recorder.record({ stream: "phase", phase });
  context.environment.progress(`${context.scenario.id}: ${phase}`);
}

function apiNameOf(context: ScenarioContext): string {
  const declared = context.header.effects.find((effect) => effect.kind === "call");
  return declared?.kind === "call" ? declared.api : "payments";
}
