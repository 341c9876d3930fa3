import { HarnessError, messageOf } from "../model/errors.ts";
import type { FaultMoment, FrameMet, HistoryEvent } from "../model/history.ts";
import type { BrokerRole, LinkKind } from "../model/scenario.ts";
import type { FaultField } from "../ports/fault.ts";
import type { Member } from "../taps/kafka/group-messages.ts";
import { pollUntil, throwIfInterrupted } from "./deadline.ts";
import { conditionOf, type Awaited } from "./conditions.ts";
import { positionOf } from "./in-flight-record.ts";
import type { Instances } from "./instances.ts";
import type { OpenLinks } from "./instance-links.ts";
import { apiLinkCarries } from "./link-proof.ts";
import type { ScenarioContext } from "./scenario-context.ts";

export interface FaultMeans {
  readonly context: ScenarioContext;
  readonly links: OpenLinks;
  readonly instances: () => Instances;
  /** Told each moment of a fault, for triggers that wait for an earlier one. */
  readonly onMoment: (faultId: string, moment: FaultMoment, victim: string) => void;
}

/** Deadlines of heals. After them the fault is ended all the same, and the text says why. */
const TAKEOVER_DEADLINE_MS = 5_000;
const SESSION_TAKEOVER_DEADLINE_MS = 20_000;
const UNTIL_DEADLINE_MS = 20_000;
const TRAFFIC_DEADLINE_MS = 20_000;
const IN_SYNC_DEADLINE_MS = 20_000;
const BROKER_DEADLINE_MS = 10_000;
const CLOCK_DEADLINE_MS = 20_000;
/** A Date header has whole seconds, is kept for one, and a busy machine answers late. */
const CLOCK_TOLERANCE_MS = 4_000;

/** What a fault may touch, for the instance and the frame it met. */
export function createFaultField(options: FaultMeans, frame: FrameMet): FaultField {
  const { context, links } = options;
  const subjects = options.instances();
  const victim = frame.instance;
  // The members as they were when the fault fired: a later join would be another member.
  const members = new Map(links.all.map(({ instance, kafka }) => [instance, kafka.tap.members()]));
  // From the fault's own event on: a condition is asked once even if nothing else comes.
  const firedAt = Math.max(0, context.journal.events().length - 1);
  return {
    victim,
    frame,
    instances: context.instances,
    expectExit: (instance, signal) => subjects.expectExit(instance, signal),
    signalled: (instance, signal) => subjects.signalled(instance, signal),
    isRunning: (instance) => subjects.isRunning(instance),
    start: (instance) => subjects.start(instance),
    deploy: (version, instances) => subjects.deploy(version, instances),
    proxies: (instance, link) => links.of(instance)[link].proxies,
    proxiesTo: (node) =>
      links.all.flatMap(({ kafka }) =>
        kafka.proxies.filter((_, index) => kafka.brokers[index] === node),
      ),
    brokerAt: (which) => brokerAt(options, frame, which),
    inSync: (wanted) => inSync(options, frame, wanted),
    evict: (instance) => evict(options, instance, members.get(instance) ?? []),
    until: async (condition) => (await awaitSeen(options, { frame, condition, firedAt })).text,
    seen: async (condition) => {
      const { hasCome, text } = await awaitSeen(options, { frame, condition, firedAt });
      const { aborted } = context.environment.signal;
      if (!hasCome) throw new HarnessError(aborted ? "interrupted" : "internal", `${text}.`);
      return text;
    },
    resetOffsets: async () => {
      const { header, stack } = context;
      return stack.broker.resetOffsets(header.group, header.inputTopic);
    },
    lockTable: (table) => context.database.lockTable(table),
    unlocked: (table) => unlocked(context, table),
    healthy: async (instances) => {
      await Promise.all(instances.map((instance) => subjects.untilHealthy(instance)));
      return `${instances.join(" and ")} answer${instances.length === 1 ? "s" : ""} on the health path`;
    },
    traffic: (instance, link) => traffic(options, instance, link),
    stepClock: (instance, stepMs) => context.stack.subjects.stepClock(instance, stepMs),
    clockOffset: (instance, wantedMs) => clockOffset(options, instance, wantedMs),
    servers: context.stack.servers,
    terminateBackends: (instance) => context.database.terminateBackends(instance),
  };
}

async function unlocked({ database }: ScenarioContext, table: string): Promise<string> {
  const holders = await database.lockHolders(table);
  if (holders === 0) return `nobody holds ${table} in EXCLUSIVE mode (pg_locks)`;
  throw new HarnessError("internal", `${holders} sessions still hold ${table} in EXCLUSIVE mode.`);
}

/** How far the instance's Date header is off this machine's clock, once it is about as far as wanted. */
async function clockOffset(
  { context, instances }: FaultMeans,
  instance: string,
  wantedMs: number,
): Promise<number> {
  const { healthPath } = context.request.config.subject;
  let said = "It sends none";
  try {
    return await pollUntil(
      async () => {
        const url = instances()
          .urlsOf(healthPath)
          .find((each) => each.instance === instance)?.url;
        const date = url === undefined ? null : await context.stack.subjects.readDate(url);
        if (date === null) return null;
        const offsetMs = date - Date.now();
        said = `It is ${offsetMs} ms off`;
        return Math.abs(offsetMs - wantedMs) <= CLOCK_TOLERANCE_MS ? offsetMs : null;
      },
      {
        what: `the Date header of ${instance} on ${healthPath} to be ${wantedMs} ms off`,
        deadlineMs: CLOCK_DEADLINE_MS,
        everyMs: 50,
        signal: context.environment.signal,
      },
    );
  } catch (cause) {
    if (cause instanceof HarnessError && cause.code === "interrupted") throw cause;
    throw new HarnessError("internal", `${messageOf(cause)} ${said}.`, { cause });
  }
}

async function brokerAt(
  { context }: FaultMeans,
  frame: FrameMet,
  which: BrokerRole,
): Promise<number> {
  const { broker } = context.stack;
  const { topic, partition } = placeOf(context, frame);
  const ask = (): Promise<number | null> =>
    which === "coordinator"
      ? broker.coordinatorOf(context.header.group)
      : broker.leaderOf(topic, partition);
  return pollUntil(() => ask().catch(() => null), {
    what:
      which === "coordinator" ? "a coordinator of the group" : `a leader of ${topic}[${partition}]`,
    deadlineMs: BROKER_DEADLINE_MS,
    everyMs: 50,
    signal: context.environment.signal,
  });
}

/** The frame's partition; the first of the input topic when the frame is about no record. */
function placeOf(context: ScenarioContext, frame: FrameMet): { topic: string; partition: number } {
  return positionOf(context, frame) ?? { topic: context.header.inputTopic, partition: 0 };
}

async function inSync(
  { context }: FaultMeans,
  frame: FrameMet,
  wanted: { readonly atLeast?: number; readonly atMost?: number },
): Promise<string> {
  const { topic, partition } = placeOf(context, frame);
  const { atLeast = 0, atMost = Infinity } = wanted;
  return pollUntil(
    async () => {
      // A broker that does not answer right now is asked again.
      const nodes = await context.stack.broker.inSync(topic, partition).catch(() => null);
      if (nodes === null) return null;
      const isThere = nodes.length >= atLeast && nodes.length <= atMost;
      return isThere ? `${topic}[${partition}] is in sync on ${nodes.join(", ")}` : null;
    },
    {
      what: `${topic}[${partition}] to have ${atLeast > 0 ? `${atLeast} or more` : `${atMost} or fewer`} replicas in sync`,
      deadlineMs: IN_SYNC_DEADLINE_MS,
      everyMs: 50,
      signal: context.environment.signal,
    },
  );
}

async function evict(
  { context }: FaultMeans,
  instance: string,
  members: readonly Member[],
): Promise<void> {
  const { stack, recorder, header } = context;
  for (const { group, memberId } of members) {
    const kind =
      header.eviction === "session-timeout"
        ? "left-to-timeout"
        : evictedBy(await stack.broker.evict(group, memberId), memberId);
    recorder.record({ stream: "membership", instance, kind, memberId, eviction: header.eviction });
  }
}

/** Kafka's error code of that name: the member had gone before. */
const UNKNOWN_MEMBER_ID = 25;

function evictedBy(code: number, memberId: string): "evicted" | "already-gone" {
  if (code === 0) return "evicted";
  if (code === UNKNOWN_MEMBER_ID) return "already-gone";
  throw new HarnessError(
    "internal",
    `Kafka did not let the harness sign off member ${memberId}: error code ${code}.`,
  );
}

/** What came, or that it did not before the deadline. */
async function awaitSeen(
  { context }: FaultMeans,
  awaited: Awaited,
): Promise<{ readonly hasCome: boolean; readonly text: string }> {
  const { condition, firedAt } = awaited;
  const { what, matches } = conditionOf(context, awaited);
  const takeoverMs =
    context.header.eviction === "session-timeout"
      ? SESSION_TAKEOVER_DEADLINE_MS
      : TAKEOVER_DEADLINE_MS;
  const deadlineMs = condition === "taken-over" ? takeoverMs : UNTIL_DEADLINE_MS;
  const event = await context.journal.first(matches, {
    from: firedAt,
    deadlineMs,
    signal: context.environment.signal,
  });
  if (event !== null) return { hasCome: true, text: what };
  const text = context.environment.signal.aborted
    ? `interrupted while waiting for ${what}`
    : `waited ${deadlineMs} ms for ${what}, in vain`;
  return { hasCome: false, text };
}

/** Evidence that a link carries the instance's messages again, from now on. */
async function traffic(means: FaultMeans, instance: string, link: LinkKind): Promise<string> {
  if (link === "api") {
    return apiLinkCarries(means.context, { links: means.links, instance }, TRAFFIC_DEADLINE_MS);
  }
  const { context, links, instances } = means;
  const isSeen = (event: HistoryEvent): boolean => {
    if (!("instance" in event) || event.instance !== instance) return false;
    if (link === "kafka") return ["delivery", "offset"].includes(event.stream) || isJoin(event);
    return event.stream === "wire" && event.boundary.startsWith("postgres.");
  };
  const { tap } = links.of(instance)[link];
  const before = tap.answeredFrames();
  const deadlineMs = TRAFFIC_DEADLINE_MS;
  const seen = await context.journal.first(isSeen, {
    from: context.journal.events().length,
    deadlineMs,
    signal: context.environment.signal,
    // Heartbeats and polls leave no event: the tap's own count of answers is evidence too.
    alsoWhen: () => instances().hasLeft(instance) || tap.answeredFrames() > before,
  });
  if (instances().hasLeft(instance)) {
    throw new HarnessError(
      "internal",
      `${instance} has exited by itself: nothing will speak for it.`,
    );
  }
  if (seen !== null) return `${instance} speaks on its ${link} link again`;
  if (tap.answeredFrames() > before) return `${instance} is answered on its ${link} link again`;
  throwIfInterrupted(context.environment.signal, `${instance} to speak on its ${link} link`);
  throw new HarnessError(
    "internal",
    `${instance} was not heard on its ${link} link for ${deadlineMs} ms after the heal.`,
  );
}

function isJoin(event: HistoryEvent): boolean {
  return event.stream === "membership" && event.kind === "joined";
}
