import { GUARANTEES, type FaultSpec, type Scenario } from "../harness/index.ts";

/** What most scenarios have in common: two instances, sixty payments, a provider that replays. */
export const common = {
  instances: 2,
  api: "idempotent-replay",
  workload: { events: 60, accounts: 5 },
  guarantees: GUARANTEES,
  limits: { recoveryMsMax: 20_000 },
  drainTimeoutMs: 25_000,
} as const satisfies Partial<Scenario>;

/** The record in flight at the fault must come again, to another instance. */
export const redelivered = { eventsMin: 50, redelivery: "in-flight-record" } as const;
/** ... to any instance: the victim lives on, or is replaced under the same name. */
export const redeliveredToAny = { eventsMin: 50, redelivery: "in-flight-record-again" } as const;
/** The external API must be called or asked again. */
export const calledAgain = { eventsMin: 50, redelivery: "call" } as const;
/** The offset commit that was on its way must be sent again. */
export const committedAgain = { eventsMin: 50, redelivery: "commit-again" } as const;
/** The fault's own evidence is enough. */
export const noRedelivery = { eventsMin: 50, redelivery: "none" } as const;

const HELD_FETCHES = 8;

/**
 * Payments pile up: the first fetches wait until everything was sent, so that what comes next is a
 * batch of many. `step` is the number of events that share a key.
 */
export function backlog(step: number): readonly FaultSpec[] {
  return Array.from({ length: HELD_FETCHES }, (_, index) => ({
    id: `backlog-${index + 1}`,
    fault: "hold",
    at: { boundary: "kafka.fetch.applied", match: { intent: 1 + index * step } },
    heldFrame: "release",
    until: "all-sent",
  }));
}
