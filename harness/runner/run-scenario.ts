import { createServer } from "node:net";
import { HarnessError } from "../model/errors.ts";
import type { Phase } from "../model/history.ts";
import { startPaymentsApi } from "../doubles/payments-api.ts";
import type { ApiDouble } from "../ports/api.ts";
import { sendIntents } from "../workload/send.ts";
import { bypassesSeen, collect } from "./collect.ts";
import { drain } from "./drain.ts";
import { FaultDesk } from "./fault-desk.ts";
import { keyOfTrigger } from "./header.ts";
import { Instances } from "./instances.ts";
import { openLinks, type OpenLinks } from "./instance-links.ts";
import { bypassesAtReady, preflight } from "./preflight.ts";
import type { ScenarioContext } from "./scenario-context.ts";
import { TriggerGate } from "./trigger-gate.ts";

/** Takes one scenario through its phases. Everything it learns is in the history. */
export async function runScenario(context: ScenarioContext): Promise<void> {
  const { recorder, instances } = context;
  recorder.record({ stream: "header", ...context.header });
  await using api = await startPaymentsApi({
    api: apiNameOf(context),
    instances,
    mode: context.scenario.api,
    recorder,
    attribution: context.inFlight,
  });
  let desk: FaultDesk | null = null;
  const gate = new TriggerGate(async (armed, frame) => {
    if (desk === null) throw new HarnessError("internal", "A fault fired before its desk opened.");
    return desk.carryOut(armed, frame);
  });
  await using links = await openLinks(context, gate, api);
  await using subjects = new Instances(context, links, await freePorts(instances));
  desk = new FaultDesk(context, links, () => subjects);

  enter(context, "preflight");
  const wrong = await preflight(context, links);
  if (wrong.length === 0) {
    await Promise.all(instances.map((instance) => subjects.start(instance)));
    wrong.push(...bypassesAtReady(links));
  }
  if (wrong.length > 0) {
    noteBypass(context, wrong);
  } else {
    await rehearse(context, { api, links, subjects, desk, gate });
  }
  enter(context, "collect");
  await collect(context);
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
  await sendWorkload(context);
  enter(context, "heal");
  await drain(context, cast.api);
  await cast.desk.healed();
  // A heal may have moved partitions; what it set in motion must have come to rest as well.
  if (context.scenario.faults.length > 0) await drain(context, cast.api);
  const unplanned = cast.subjects.unplannedExits();
  context.recorder.record({
    stream: "assumption",
    name: "subject-alive",
    holds: unplanned.length === 0,
    detail: unplanned.length === 0 ? "no exit that was not planned" : unplanned.join("; "),
  });
  noteBypass(context, await bypassesSeen(context, cast.links));
}

function arm(context: ScenarioContext, gate: TriggerGate): void {
  for (const spec of context.scenario.faults) {
    const key = keyOfTrigger(spec, context.intents);
    gate.arm({ spec, key });
    context.recorder.record({
      stream: "fault",
      faultId: spec.id,
      moment: "armed",
      instance: spec.at.match?.instance ?? null,
      frame: null,
      detail: `${spec.fault} at ${spec.at.boundary}${key === null ? "" : ` of ${key}`}`,
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
      onSending: (intent) => context.inFlight.add(intent),
    });
  } finally {
    await producer.close();
  }
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

/** A port for each instance's health path; held together so that no two are the same. */
async function freePorts(instances: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const servers = await Promise.all(
    instances.map(
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return new Map(instances.map((instance, index) => [instance, ports[index] ?? 0]));
}
