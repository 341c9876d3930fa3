import type { FrameMet, HistoryEvent, Position } from "../model/history.ts";
import type { ScenarioContext } from "./scenario-context.ts";

/** Where the record stands that a frame is about; from the deliveries seen when it says so nowhere. */
export function positionOf(context: ScenarioContext, frame: FrameMet): Position | null {
  if (frame.position !== null) return frame.position;
  if (frame.key === null) return null;
  const delivered = context.journal
    .events()
    .find(
      (event) =>
        event.stream === "delivery" &&
        event.position.topic === context.header.inputTopic &&
        event.key === frame.key,
    );
  return delivered?.stream === "delivery" ? delivered.position : null;
}

/** True when the victim was delivered this record and nobody has committed its offset yet. */
export function isInFlightAt(
  events: readonly HistoryEvent[],
  victim: string,
  position: Position,
): boolean {
  const isHere = (at: { topic: string; partition: number }): boolean =>
    at.topic === position.topic && at.partition === position.partition;
  const wasDelivered = events.some(
    (event) =>
      event.stream === "delivery" &&
      event.instance === victim &&
      isHere(event.position) &&
      event.position.offset === position.offset,
  );
  return wasDelivered && !events.some((event) => isCommitOf(event, position));
}

/** True for a successful commit that covers the record. */
export function isCommitOf(event: HistoryEvent, position: Position): boolean {
  return (
    event.stream === "offset" &&
    event.kind === "commit" &&
    event.moment === "applied" &&
    event.errorCode === 0 &&
    event.topic === position.topic &&
    event.partition === position.partition &&
    event.committed > position.offset
  );
}
