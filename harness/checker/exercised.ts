import type { EventBase, FaultEvent, Position } from "../model/history.ts";
import type { Exercised } from "../model/result.ts";
import type { PlannedFault } from "../model/run-header.ts";
import { placeText, type Evidence } from "./evidence.ts";

type Fired = FaultEvent & EventBase;

/** The facts that make a pass meaningful, and the reasons it would not be. */
export function exercisedOf(evidence: Evidence): Exercised {
  const { header } = evidence;
  const redelivered: string[] = [];
  const missing: string[] = [];
  if (evidence.expected.length < header.exercise.eventsMin) {
    missing.push(
      `too little traffic: ${evidence.expected.length} events accepted, at least ${header.exercise.eventsMin} wanted`,
    );
  }
  for (const fault of header.faults) {
    const { reasons, redeliveries } = faultFacts(evidence, fault);
    missing.push(...reasons);
    redelivered.push(...redeliveries);
  }
  if (!evidence.isDrained) {
    const last = evidence.assumptions.findLast(({ name }) => name === "drained");
    missing.push(last === undefined ? "never drained" : last.detail);
  }
  return {
    events: evidence.expected.length,
    deliveries: evidence.deliveries.length,
    redeliveries: evidence.deliveries.filter(({ attempt }) => attempt > 1).length,
    redelivered,
    missing,
  };
}

interface FaultFacts {
  readonly reasons: readonly string[];
  readonly redeliveries: readonly string[];
}

function faultFacts(evidence: Evidence, fault: PlannedFault): FaultFacts {
  const ofFault = evidence.faults.filter(({ faultId }) => faultId === fault.id);
  const fired = ofFault.find(({ moment }) => moment === "fired");
  if (fired === undefined) {
    const reason = `fault ${fault.id} never fired: its trigger (${fault.trigger}) matched nothing`;
    return { reasons: [reason], redeliveries: [] };
  }
  const has = (wanted: FaultEvent["moment"]): boolean =>
    ofFault.some(({ moment }) => moment === wanted);
  const failed = ofFault.find(({ moment }) => moment === "failed");
  const reasons = [
    ...(failed === undefined ? [] : [`fault ${fault.id} failed: ${failed.detail}`]),
    ...(has("confirmed") ? [] : [`fault ${fault.id} fired but was not confirmed`]),
    ...(has("heal-verified") ? [] : [`fault ${fault.id} was not verified as healed`]),
  ];
  const position = positionMet(evidence, fired);
  if (position === null || !wasInFlight(evidence, fired, position)) {
    reasons.push(`fault ${fault.id} did not meet a record in flight`);
  }
  const redeliveries = position === null ? [] : redeliveriesOf(evidence, fired, position);
  if (evidence.header.exercise.redelivery === "in-flight-record" && redeliveries.length === 0) {
    reasons.push(
      `${position === null ? "the record in flight" : placeText(position)} was not delivered again to another instance`,
    );
  }
  return { reasons, redeliveries };
}

function positionMet(evidence: Evidence, fired: Fired): Position | null {
  if (fired.frame === null) return null;
  const { position, key } = fired.frame;
  return position ?? evidence.expected.find((event) => event.key === key)?.position ?? null;
}

/** Delivered to the victim before the fault and not yet acknowledged by then. */
function wasInFlight(evidence: Evidence, fired: Fired, position: Position): boolean {
  const wasDelivered = evidence.deliveries.some(
    (delivery) =>
      delivery.seq < fired.seq &&
      delivery.instance === fired.frame?.instance &&
      isSame(delivery.position, position),
  );
  const wasAcknowledged = evidence.commits.some(
    (commit) =>
      commit.seq < fired.seq &&
      commit.moment === "applied" &&
      commit.errorCode === 0 &&
      commit.topic === position.topic &&
      commit.partition === position.partition &&
      commit.committed > position.offset,
  );
  return wasDelivered && !wasAcknowledged;
}

function redeliveriesOf(evidence: Evidence, fired: Fired, position: Position): readonly string[] {
  return evidence.deliveries
    .filter(
      (delivery) =>
        delivery.seq > fired.seq &&
        delivery.instance !== fired.frame?.instance &&
        isSame(delivery.position, position),
    )
    .map(({ instance }) => `${placeText(position)} to ${instance}`);
}

function isSame(a: Position, b: Position): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
}
