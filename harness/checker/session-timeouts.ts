import type { EventBase, FaultEvent, Position } from "../model/history.ts";
import type { SessionTimeout } from "../model/result.ts";
import { placeText, type Evidence } from "./evidence.ts";

/**
 * The broker counts from the last heartbeat it has seen, which was before the fault by one interval
 * at most, and that is to be a third of the session timeout or less (Kafka manual, consumer
 * configuration `heartbeat.interval.ms`).
 */
const SHARE_MIN = 2 / 3;

export interface TimeoutFacts {
  readonly reasons: readonly string[];
  readonly timeout: SessionTimeout | null;
}

/**
 * Where the broker itself had to find out that the victim is gone: how long the partition of the
 * record in flight stood without another owner. A partition that moved sooner was not left to the
 * session timeout. Not asked of a victim that left its group by itself, nor of histories that do not
 * name the timeout.
 */
export function sessionTimeoutOf(
  { header, trail }: Evidence,
  fired: FaultEvent & EventBase,
  position: Position | null,
): TimeoutFacts {
  const { eviction, sessionTimeoutMs } = header;
  const victim = fired.frame?.instance;
  if (eviction !== "session-timeout" || sessionTimeoutMs === undefined || position === null) {
    return { reasons: [], timeout: null };
  }
  for (const event of trail) {
    if (event.seq < fired.seq || event.stream !== "membership") continue;
    if (event.kind === "left" && event.instance === victim) return { reasons: [], timeout: null };
    if (event.kind !== "assigned" || event.instance === victim) continue;
    const isIt = event.partitions?.some(
      ({ topic, partition }) => topic === position.topic && partition === position.partition,
    );
    if (isIt !== true) continue;
    const waitedMs = event.atMs - fired.atMs;
    const text = `the partition of ${placeText(position)} had another owner after ${Math.round(waitedMs)} ms`;
    return waitedMs >= sessionTimeoutMs * SHARE_MIN
      ? { reasons: [], timeout: { instance: victim ?? "", movedTo: event.instance, waitedMs } }
      : {
          reasons: [`${text}: its session of ${sessionTimeoutMs} ms cannot have timed out`],
          timeout: null,
        };
  }
  return {
    reasons: [`the partition of ${placeText(position)} was assigned to nobody else`],
    timeout: null,
  };
}
