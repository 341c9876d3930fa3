import type { FrameMet, HistoryEvent } from "../model/history.ts";
import type { Trigger, Until, WorkloadHold } from "../model/scenario.ts";
import { keyOfTrigger } from "./header.ts";
import { isCommitOf, isInFlightAt, positionOf } from "./in-flight-record.ts";
import type { ScenarioContext } from "./scenario-context.ts";

export interface Awaited {
  readonly frame: FrameMet;
  readonly condition: Until;
  /** Index of the event that says the fault fired. */
  readonly firedAt: number;
}

interface Condition {
  readonly what: string;
  readonly matches: (event: HistoryEvent) => boolean;
}

/** What must be seen for a condition of a scenario to hold. */
export function conditionOf(context: ScenarioContext, awaited: Awaited): Condition {
  const { condition, frame } = awaited;
  const victim = frame.instance;
  if (typeof condition === "object") return triggerCondition(context, victim, condition);
  const counted = countedCondition(context, awaited, condition);
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
/** NOT_ENOUGH_REPLICAS and NOT_ENOUGH_REPLICAS_AFTER_APPEND (Kafka protocol guide, error codes). */
const WANT_OF_REPLICAS: ReadonlySet<string> = new Set(["19", "20"]);

/** Conditions that look at more than one event; called with each event once, in order. */
function countedCondition(
  context: ScenarioContext,
  awaited: Omit<Awaited, "condition">,
  condition: Exclude<Until, object>,
): Condition | null {
  const { frame, firedAt } = awaited;
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
    case "write-refused":
      return {
        what: "the broker to refuse a record for want of replicas in sync",
        matches: (event) =>
          event.stream === "wire" &&
          event.boundary.startsWith("kafka.produce.") &&
          event.action === "refused" &&
          WANT_OF_REPLICAS.has(event.tag ?? ""),
      };
    case "asked-again":
      return {
        // Whoever it is: another worker may take the work over.
        what: `the API to be asked again about ${frame.key ?? "its payment"}`,
        matches: (event) =>
          event.stream === "call" &&
          event.key === frame.key &&
          (event.moment === "received" || event.moment === "looked-up"),
      };
    case "all-sent": {
      const wanted = sendable(context);
      const isSent = (event: HistoryEvent): boolean => event.stream === "intent";
      // Those sent before the fault fired are not shown to `matches`.
      let sent = context.journal.events().slice(0, firedAt).filter(isSent).length;
      return {
        what: "the workload to have sent everything it may send",
        matches: (event) => {
          if (isSent(event)) sent += 1;
          return sent >= wanted;
        },
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
      if (event.action === "refused") return false;
      const isHandled = event.boundary === "postgres.commit.applied";
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

function triggerCondition(context: ScenarioContext, victim: string, trigger: Trigger): Condition {
  const key = keyOfTrigger(trigger, context.intents);
  const { match, boundary } = trigger;
  const instance = match?.victimOf === undefined ? match?.instance : victim;
  return {
    what: `${boundary}${key === null ? "" : ` of ${key}`}`,
    matches: (event) => {
      if (event.stream !== "wire" && event.stream !== "process") return false;
      if (event.stream === "wire" && event.action === "refused") return false;
      const isHere =
        event.stream === "process"
          ? boundary === `process.${event.kind}`
          : event.action !== "refused" &&
            boundary === event.boundary &&
            (key === null || event.keys.includes(key));
      return isHere && (instance === undefined || event.instance === instance);
    },
  };
}
