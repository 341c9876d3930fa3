import type { EventBase, FaultEvent, Position } from "../model/history.ts";
import type { Exercised, SessionTimeout } from "../model/result.ts";
import type { PlannedFault, Redelivery } from "../model/run-header.ts";
import { placeText, type Evidence } from "./evidence.ts";
import { fateReasons } from "./fates.ts";
import { zombiesOf } from "./zombies.ts";
import { sessionTimeoutOf, type TimeoutFacts } from "./session-timeouts.ts";

type Fired = FaultEvent & EventBase;

export const CUT_SHORT = "the history stops before the ledgers had been read";

/** The facts that make a pass meaningful, and the reasons it would not be. */
export function exercisedOf(evidence: Evidence): Exercised {
  const { header } = evidence;
  const redelivered: string[] = [];
  const missing: string[] = [];
  const sessionTimeouts: SessionTimeout[] = [];
  if (evidence.expected.length < header.exercise.eventsMin) {
    missing.push(
      `too little traffic: ${evidence.expected.length} events accepted, at least ${header.exercise.eventsMin} wanted`,
    );
  }
  for (const fault of header.faults) {
    const { reasons, again, timeout = null } = faultFacts(evidence, fault);
    missing.push(...reasons);
    redelivered.push(...again);
    if (timeout !== null) sessionTimeouts.push(timeout);
  }
  const { reasons, again } = withoutFault(evidence);
  missing.push(...reasons, ...zombieReasons(evidence));
  redelivered.push(...again);
  if (!evidence.isCollected) missing.push(CUT_SHORT);
  else if (!evidence.isEnded) missing.push("the history stops before the end of the run");
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
    ...(sessionTimeouts.length > 0 ? { sessionTimeouts } : {}),
  };
}

/** A victim that came back and kept still was no zombie; a fault that never fired is told apart. */
function zombieReasons(evidence: Evidence): readonly string[] {
  const { zombie = false, of } = evidence.header.exercise;
  if (!zombie) return [];
  const fired = evidence.faults.filter(
    ({ moment, faultId, frame }) =>
      moment === "fired" && frame !== null && (of === undefined || faultId === of),
  );
  const acts = zombiesOf(evidence);
  const hasActed = fired.some(({ frame, seq: firedAt }) =>
    acts.some(
      ({ act, instance, seq }) =>
        act === "offset commit" && instance === frame?.instance && seq > firedAt,
    ),
  );
  if (fired.length === 0 || hasActed) return [];
  const victims = [...new Set(fired.map(({ frame }) => frame?.instance))].join(", ");
  return [
    `no zombie: ${victims} sent no offset commit for a partition that had another owner by then`,
  ];
}

interface FaultFacts {
  readonly reasons: readonly string[];
  /** What happened again because of the fault, in words. */
  readonly again: readonly string[];
  readonly timeout?: SessionTimeout | null;
}

/** Nothing but copies comes again by itself. */
function withoutFault(evidence: Evidence): FaultFacts {
  const { faults, exercise } = evidence.header;
  if (faults.length > 0 || exercise.redelivery === "none") return { reasons: [], again: [] };
  const again = exercise.redelivery === "copy" ? copiesDelivered(evidence) : [];
  const reasons =
    again.length > 0 ? [] : [`redelivery "${exercise.redelivery}" was promised, without a fault`];
  return { reasons, again };
}

function faultFacts(evidence: Evidence, fault: PlannedFault): FaultFacts {
  const ofFault = evidence.faults.filter(({ faultId }) => faultId === fault.id);
  const fired = ofFault.find(({ moment }) => moment === "fired");
  if (fired === undefined) {
    const disarmed = ofFault.some(({ moment }) => moment === "planned");
    const why = disarmed ? "it was disarmed" : `its trigger (${fault.trigger}) matched nothing`;
    return { reasons: [`fault ${fault.id} never fired: ${why}`], again: [] };
  }
  const has = (wanted: FaultEvent["moment"]): boolean =>
    ofFault.some(({ moment }) => moment === wanted);
  const failed = ofFault.find(({ moment }) => moment === "failed");
  const { redelivery: promised, of = fault.id } = evidence.header.exercise;
  const redelivery = of === fault.id ? promised : "none";
  const again = againOf(evidence, sinceConfirmed(evidence, fired), redelivery);
  const { reasons: early, timeout } = timeoutFacts(evidence, fired, redelivery);
  const reasons = [
    ...(failed === undefined ? [] : [`fault ${fault.id} failed: ${failed.detail}`]),
    ...(has("confirmed") ? [] : [`fault ${fault.id} fired but was not confirmed`]),
    ...(has("heal-verified") ? [] : [`fault ${fault.id} was not verified as healed`]),
    ...fateReasons(evidence, fault, fired).map((reason) => `fault ${fault.id} ${reason}`),
    ...inFlightReasons(evidence, fired, redelivery).map((reason) => `fault ${fault.id} ${reason}`),
    ...purgeReasons(evidence, fired).map((reason) => `fault ${fault.id}: ${reason}`),
    ...early.map((reason) => `fault ${fault.id}: ${reason}`),
    ...(redelivery !== "none" && again.length === 0 ? [notAgain(evidence, fired, redelivery)] : []),
  ];
  return { reasons, again, timeout };
}

/** The fault as if it had fired when `exercise.since` was confirmed, where that came later; never, if it was not. */
function sinceConfirmed({ header, faults }: Evidence, fired: Fired): Fired {
  const { since } = header.exercise;
  if (since === undefined) return fired;
  const confirmed = faults.find(
    ({ faultId, moment }) => faultId === since && moment === "confirmed",
  );
  return { ...fired, seq: Math.max(fired.seq, confirmed?.seq ?? Infinity) };
}

/** The trail is in commit order: a purge that came later had nothing to do with this record. */
function purgeReasons({ header, changes }: Evidence, fired: Fired): readonly string[] {
  const { purged = false, of } = header.exercise;
  if (!purged || of !== fired.faultId) return [];
  const key = fired.frame?.key ?? null;
  const deleted = key === null ? 0 : (changes.afterPurge.get(key) ?? 0);
  if (deleted > 0) return [];
  return [`no dedup row had been deleted when ${key ?? "the record in flight"} was first handled`];
}

/** Only a record that goes to another instance tells how long its partition had no other owner. */
function timeoutFacts(evidence: Evidence, fired: Fired, redelivery: Redelivery): TimeoutFacts {
  if (redelivery !== "in-flight-record") return { reasons: [], timeout: null };
  return sessionTimeoutOf(evidence, fired, positionMet(evidence, fired));
}

function inFlightReasons(
  evidence: Evidence,
  fired: Fired,
  redelivery: Redelivery,
): readonly string[] {
  if (redelivery !== "in-flight-record" && redelivery !== "in-flight-record-again") return [];
  const position = positionMet(evidence, fired);
  return position !== null && wasInFlight(evidence, fired, position)
    ? []
    : ["did not meet a record in flight"];
}

function notAgain(evidence: Evidence, fired: Fired, redelivery: Redelivery): string {
  const position = positionMet(evidence, fired);
  const place = position === null ? "the record in flight" : placeText(position);
  const key = fired.frame?.key ?? "the key in flight";
  switch (redelivery) {
    case "none":
      return "";
    case "in-flight-record":
      return `${place} was not delivered again to another instance`;
    case "in-flight-record-again":
      return `${place} was not delivered again`;
    case "call":
      return `the API was neither called nor asked again for ${key}`;
    case "publish":
      return `${key} was not published again`;
    case "produce-again":
      return `${key} was not sent to be published again`;
    case "commit-again":
      return `the offset commit behind ${place} was not sent again and accepted`;
    case "copy":
      return "what the producer sent twice was not delivered twice";
    case "output-record":
      return `the published record of ${key} was not delivered again`;
    case "earlier-records":
      return "not every record delivered before the fault was delivered again";
  }
}

/** What happened again after the fault, of the kind the scenario promises. */
function againOf(evidence: Evidence, fired: Fired, redelivery: Redelivery): readonly string[] {
  switch (redelivery) {
    case "none":
      return [];
    case "in-flight-record":
      return redeliveriesOf(evidence, fired)
        .filter((delivery) => delivery.instance !== fired.frame?.instance)
        .map(({ text }) => text);
    case "in-flight-record-again":
      return redeliveriesOf(evidence, fired).map(({ text }) => text);
    case "call":
      return evidence.attempts
        .filter(
          (call) =>
            call.seq > fired.seq &&
            call.key === fired.frame?.key &&
            (call.moment === "received" || call.moment === "looked-up"),
        )
        .map(({ callId, moment, instance }) => `${callId} ${moment} for ${instance}`);
    case "publish":
      return evidence.outputLog
        .filter(({ key }) => key !== null && key === fired.frame?.key)
        .slice(1)
        .map(({ position }) => `published again as ${placeText(position)}`);
    case "produce-again":
      return producedAgain(evidence, fired);
    case "commit-again":
      return committedAgain(evidence, fired);
    case "copy":
      return copiesDelivered(evidence);
    case "output-record":
      return outputAgain(evidence, fired);
    case "earlier-records":
      return allAgain(evidence, fired);
  }
}

/** Each request is recorded once when it comes, passed or held; the one the fault met is no repeat. */
function producedAgain({ trail }: Evidence, { seq, frame }: Fired): readonly string[] {
  const key = frame?.key ?? null;
  if (key === null) return [];
  const isMet = frame?.boundary === "kafka.produce.requested";
  return trail
    .flatMap((event) =>
      event.stream === "wire" &&
      event.seq > seq &&
      event.boundary === "kafka.produce.requested" &&
      event.keys.includes(key)
        ? [`${key} sent to be published again by ${event.instance}`]
        : [],
    )
    .slice(isMet ? 1 : 0);
}

/** The very offset, not a later one that covers it: every run that drains has that. */
function committedAgain(evidence: Evidence, fired: Fired): readonly string[] {
  const position = positionMet(evidence, fired);
  if (position === null) return [];
  return evidence.commits
    .filter(
      ({ seq, moment, errorCode, topic, partition, committed }) =>
        seq > fired.seq &&
        moment === "applied" &&
        errorCode === 0 &&
        topic === position.topic &&
        partition === position.partition &&
        committed === position.offset + 1,
    )
    .map(({ instance }) => `offset commit behind ${placeText(position)} by ${instance}`);
}

/** Places of copies that were delivered; none when one of them was not. */
function copiesDelivered({ copies, deliveries }: Evidence): readonly string[] {
  const delivered = new Set(deliveries.map(({ position }) => placeText(position)));
  const places = copies.map(({ position }) =>
    position === "unknown" ? "an unknown place" : placeText(position),
  );
  return places.every((place) => delivered.has(place))
    ? places.map((place) => `the copy at ${place}`)
    : [];
}

function outputAgain(evidence: Evidence, fired: Fired): readonly string[] {
  return evidence.deliveries
    .filter(
      ({ seq, key, attempt, position }) =>
        seq > fired.seq &&
        attempt > 1 &&
        key === fired.frame?.key &&
        position.topic !== evidence.header.inputTopic,
    )
    .map(({ position, instance }) => `${placeText(position)} to ${instance}`);
}

function allAgain(evidence: Evidence, fired: Fired): readonly string[] {
  const { inputTopic } = evidence.header;
  const input = evidence.deliveries.filter(({ position }) => position.topic === inputTopic);
  const after = new Set(
    input.filter(({ seq }) => seq > fired.seq).map(({ position }) => placeText(position)),
  );
  const before = new Set(
    input.filter(({ seq }) => seq < fired.seq).map(({ position }) => placeText(position)),
  );
  const again = [...before].filter((place) => after.has(place));
  return again.length === before.size ? again : [];
}

function positionMet(evidence: Evidence, fired: Fired): Position | null {
  if (fired.frame === null) return null;
  const { position, key } = fired.frame;
  return position ?? evidence.expected.find((event) => event.key === key)?.position ?? null;
}

/**
 * Delivered to the victim before the fault, or by the very answer that met it, and not yet
 * acknowledged by then.
 */
function wasInFlight(evidence: Evidence, fired: Fired, position: Position): boolean {
  const isDelivery = fired.frame?.boundary === "kafka.fetch.applied";
  const wasDelivered = evidence.deliveries.some(
    (delivery) =>
      (isDelivery || delivery.seq < fired.seq) &&
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

function redeliveriesOf(
  evidence: Evidence,
  fired: Fired,
): readonly { readonly instance: string; readonly text: string }[] {
  const position = positionMet(evidence, fired);
  if (position === null) return [];
  return evidence.deliveries
    .filter((delivery) => delivery.seq > fired.seq && isSame(delivery.position, position))
    .map(({ instance }) => ({ instance, text: `${placeText(position)} to ${instance}` }));
}

function isSame(a: Position, b: Position): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
}
