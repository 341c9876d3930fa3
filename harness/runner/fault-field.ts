import { HarnessError } from "../model/errors.ts";
import type { FaultMoment, FrameMet, HistoryEvent } from "../model/history.ts";
import type { BrokerRole, LinkKind, Trigger, Until, WorkloadHold } from "../model/scenario.ts";
import type { FaultField } from "../ports/fault.ts";
import type { Member } from "../taps/kafka/group-messages.ts";
import { pollUntil, throwIfInterrupted } from "./deadline.ts";
import { keyOfTrigger } from "./header.ts";
import { isCommitOf, isInFlightAt, positionOf } from "./in-flight-record.ts";
import type { Instances } from "./instances.ts";
import type { OpenLinks } from "./instance-links.ts";
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

/** What a fault may touch, for the instance and the frame it met. */
export function createFaultField(options: FaultMeans, frame: FrameMet): FaultField {
  const { context, links } = options;
  const subjects = options.instances();
  const victim = frame.instance;
  // The members as they were when the fault fired: a later join would be another member.
  const members = new Map(links.all.map(({ instance, kafka }) => [instance, kafka.tap.members()]));
  const firedAt = context.journal.events().length;
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
    brokerAt: (which) => brokerAt(options, frame, which),
    inSync: (wanted) => inSync(options, frame, wanted),
    evict: (instance) => evict(options, instance, members.get(instance) ?? []),
    until: async (condition) => (await awaitSeen(options, { frame, condition, firedAt })).text,
    seen: async (condition) => {
      const { hasCome, text } = await awaitSeen(options, { frame, condition, firedAt });
      if (!hasCome) throw new HarnessError("internal", `${text}.`);
      return text;
    },
    resetOffsets: async () => {
      const { header, stack } = context;
      return stack.broker.resetOffsets(header.group, header.inputTopic);
    },
    lockTable: (table) => context.database.lockTable(table),
    traffic: (instance, link) => traffic(options, instance, link),
    servers: context.stack.servers,
    terminateBackends: (instance) => context.database.terminateBackends(instance),
  };
}

async function brokerAt(
  { context }: FaultMeans,
  frame: FrameMet,
  which: BrokerRole,
): Promise<number> {
  const { broker } = context.stack;
  if (which === "coordinator") return broker.coordinatorOf(context.header.group);
  const { topic, partition } = placeOf(context, frame);
  const leader = await broker.leaderOf(topic, partition);
  if (leader !== null) return leader;
  throw new HarnessError("environment", `${topic}[${partition}] has no leader to do this to.`);
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
      const nodes = await context.stack.broker.inSync(topic, partition);
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
    if (header.eviction === "harness-leave-group") await stack.broker.evict(group, memberId);
    recorder.record({
      stream: "membership",
      instance,
      kind: "evicted",
      memberId,
      eviction: header.eviction,
    });
  }
}

interface Awaited {
  readonly frame: FrameMet;
  readonly condition: Until;
  /** Number of events in the history when the fault fired. */
  readonly firedAt: number;
}

/** What came, or that it did not before the deadline. */
async function awaitSeen(
  { context }: FaultMeans,
  awaited: Awaited,
): Promise<{ readonly hasCome: boolean; readonly text: string }> {
  const { condition, frame, firedAt } = awaited;
  const { what, matches } = conditionOf({ context }, frame, condition);
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

interface Condition {
  readonly what: string;
  readonly matches: (event: HistoryEvent) => boolean;
}

function conditionOf(
  { context }: Pick<FaultMeans, "context">,
  frame: FrameMet,
  condition: Until,
): Condition {
  const victim = frame.instance;
  if (typeof condition === "object") return triggerCondition({ context }, victim, condition);
  const counted = countedCondition({ context }, frame, condition);
  if (counted !== null) return counted;
  const position = positionOf(context, frame);
  if (condition === "handled-elsewhere" && position !== null) {
    return {
      what: `another instance to commit the offset of ${frame.key ?? "the record in flight"}`,
      matches: (event) =>
        event.stream === "offset" &&
        event.kind === "commit" &&
        event.instance !== victim &&
        isCommitOf(event, position),
    };
  }
  const before = context.journal.events();
  if (position !== null && isInFlightAt(before, victim, position)) {
    return {
      what: "another instance to be delivered the record in flight",
      matches: (event) =>
        event.stream === "delivery" &&
        event.instance !== victim &&
        event.position.topic === position.topic &&
        event.position.partition === position.partition &&
        event.position.offset >= position.offset,
    };
  }
  // Nothing of the victim's is in flight: its group going on without it is all there is to see.
  return {
    what: "another instance to join the next generation",
    matches: (event) =>
      event.stream === "membership" && event.kind === "joined" && event.instance !== victim,
  };
}

const OVERTAKERS = 2;

/** Conditions that look at more than one event; called with each event once, in order. */
function countedCondition(
  { context }: Pick<FaultMeans, "context">,
  frame: FrameMet,
  condition: Exclude<Until, object>,
): Condition | null {
  const victim = frame.instance;
  switch (condition) {
    case "statement-refused":
      return {
        what: `the database to refuse a statement of ${victim}`,
        matches: (event) =>
          event.stream === "wire" &&
          event.instance === victim &&
          event.tag?.startsWith("ERROR") === true,
      };
    case "all-sent": {
      const wanted = sendable(context);
      const isSent = (event: HistoryEvent): boolean => event.stream === "intent";
      return {
        what: "the workload to have sent everything it may send",
        matches: () => context.journal.events().filter(isSent).length >= wanted,
      };
    }
    case "overtaken":
      return overtaken(frame);
    case "taken-over":
    case "handled-elsewhere":
      return null;
  }
}

/** Events that the workload sends before it waits for a fault that has not come yet. */
function sendable({ scenario, intents, journal }: ScenarioContext): number {
  const { holds = [], copies = [] } = scenario.workload;
  const hasCome = ({ until }: WorkloadHold): boolean =>
    journal
      .events()
      .some((e) => e.stream === "fault" && e.faultId === until.fault && e.moment === until.moment);
  const waiting = holds.filter((hold) => !hasCome(hold)).map(({ intent }) => intent);
  const first = Math.min(intents.length + 1, ...waiting);
  return first - 1 + copies.filter((intent) => intent < first).length;
}

/** Later work went past the frame: of its own key, or of others all the way to the output. */
function overtaken(frame: FrameMet): Condition {
  const handled = new Set<string>();
  const published = new Set<string>();
  let ofKey = 0;
  return {
    what: `${OVERTAKERS} later payments to be handled and published, or as many of its own key to be handled`,
    matches: (event) => {
      if (event.stream !== "wire") return false;
      const isHandled = event.boundary === "postgres.commit.applied" && event.action !== "refused";
      if (isHandled && frame.key !== null && event.keys.includes(frame.key)) ofKey += 1;
      for (const key of event.keys) {
        if (key === frame.key) continue;
        if (isHandled) handled.add(key);
        if (event.boundary === "kafka.produce.acknowledged" && handled.has(key)) published.add(key);
      }
      return published.size >= OVERTAKERS || ofKey >= OVERTAKERS;
    },
  };
}

function triggerCondition(
  { context }: Pick<FaultMeans, "context">,
  victim: string,
  trigger: Trigger,
): Condition {
  const key = keyOfTrigger(trigger, context.intents);
  const { match, boundary } = trigger;
  const instance = match?.victimOf === undefined ? match?.instance : victim;
  return {
    what: `${boundary}${key === null ? "" : ` of ${key}`}`,
    matches: (event) =>
      event.stream === "wire" &&
      event.boundary === boundary &&
      event.action !== "refused" &&
      (key === null || event.keys.includes(key)) &&
      (instance === undefined || event.instance === instance),
  };
}

/** Evidence that a link carries the instance's messages again, from now on. */
async function traffic(
  { context, links, instances }: FaultMeans,
  instance: string,
  link: LinkKind,
): Promise<string> {
  const isSeen = (event: HistoryEvent): boolean => {
    if (!("instance" in event) || event.instance !== instance) return false;
    if (link === "kafka") return ["delivery", "offset"].includes(event.stream) || isJoin(event);
    if (link === "postgres")
      return event.stream === "wire" && event.boundary.startsWith("postgres.");
    return event.stream === "call";
  };
  const { tap } = link === "api" ? { tap: null } : links.of(instance)[link];
  const before = tap?.answeredFrames() ?? 0;
  const deadlineMs = TRAFFIC_DEADLINE_MS;
  const seen = await context.journal.first(isSeen, {
    from: context.journal.events().length,
    deadlineMs,
    signal: context.environment.signal,
    // Heartbeats and polls leave no event: the tap's own count of answers is evidence too.
    alsoWhen: () =>
      instances().hasLeft(instance) || (tap !== null && tap.answeredFrames() > before),
  });
  if (instances().hasLeft(instance)) {
    throw new HarnessError(
      "internal",
      `${instance} has exited by itself: nothing will speak for it.`,
    );
  }
  if (seen !== null) return `${instance} speaks on its ${link} link again`;
  if (tap !== null && tap.answeredFrames() > before)
    return `${instance} is answered on its ${link} link again`;
  if (link === "api") return `the ${link} link is open; nothing needed it`;
  throwIfInterrupted(context.environment.signal, `${instance} to speak on its ${link} link`);
  throw new HarnessError(
    "internal",
    `${instance} was not heard on its ${link} link for ${deadlineMs} ms after the heal.`,
  );
}

function isJoin(event: HistoryEvent): boolean {
  return event.stream === "membership" && event.kind === "joined";
}
