import type { DeliveryEvent, LogEvent } from "../model/history.ts";
import type { DeadLetter } from "./change-facts.ts";
import { effectsFor, placeText, type Evidence, type Stamped } from "./evidence.ts";
import { Places } from "./places.ts";

/** How many deliveries to an instance found their event handled: as far as the wires can tell. */
export interface Repeats {
  readonly least: number;
  readonly most: number;
}

/**
 * The most deliveries to each instance that can have found their event handled: of events delivered
 * more than once, to whomever (who handles the first delivery last, as a zombie does, is the one who
 * finds it handled), all but the one that the instance handled itself. An event that nobody handled
 * cannot be found handled. At least it found those whose offsets it committed, one for one, but for
 * what it did itself.
 */
export function repeatsByInstance(evidence: Evidence): ReadonlyMap<string, Repeats> {
  const records = recordsOf(evidence);
  const letters = Map.groupBy(evidence.changes.deadLetters, ({ place }) => place);
  const isDone = acknowledgedBy(evidence);
  const repeats = new Map<string, Repeats>();
  for (const deliveries of deliveredTwice(evidence.deliveries, records)) {
    const by = handledBy(evidence, deliveries, { records, letters });
    for (const [instance, own] of Map.groupBy(deliveries, (delivery) => delivery.instance)) {
      const { least, most } = repeats.get(instance) ?? { least: 0, most: 0 };
      repeats.set(instance, {
        least: least + leastOf(own.filter(isDone), instance, by),
        most: most + mostOf(own.length, instance, by),
      });
    }
  }
  return repeats;
}

/** A record of a topic, and the number that records of the same event have in common. */
interface Recorded {
  readonly log: LogEvent;
  readonly event: number;
}

function recordsOf({ inputLog, outputLog }: Evidence): Places<Recorded> {
  const events = new Map<string, number>();
  const records = new Places<Recorded>();
  for (const log of [...inputLog, ...outputLog]) {
    const name = `${log.position.topic} ${log.eventId} ${log.key}`;
    const event = events.get(name) ?? events.size;
    events.set(name, event);
    records.set(log.position, { log, event });
  }
  return records;
}

/** The deliveries of each event that was delivered more than once, in their order. */
function deliveredTwice(
  deliveries: readonly Stamped<DeliveryEvent>[],
  records: Places<Recorded>,
): Iterable<readonly Stamped<DeliveryEvent>[]> {
  const nameOf = ({ position }: DeliveryEvent): number | string =>
    records.get(position)?.event ?? placeText(position);
  const counts = new Map<number | string, number>();
  for (const delivery of deliveries) {
    const name = nameOf(delivery);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const again = deliveries.filter((delivery) => counts.get(nameOf(delivery)) !== 1);
  return Map.groupBy(again, nameOf).values();
}

type HandledBy = readonly (string | null)[] | "unknown";

function mostOf(delivered: number, instance: string, by: HandledBy): number {
  if (by === "unknown") return delivered;
  return by.length === 0 ? 0 : delivered - (by.includes(instance) ? 1 : 0);
}

/** Each record counts once, however often it was fetched; what the instance did itself is no repeat. */
function leastOf(done: readonly DeliveryEvent[], instance: string, by: HandledBy): number {
  if (by === "unknown" || by.length === 0) return 0;
  const records = new Set(done.map(({ position }) => placeText(position)));
  return Math.max(0, records.size - by.filter((name) => name === instance).length);
}

/**
 * Whether the instance committed the very next offset after a delivery, and the broker took it: it was
 * through with that record. A later offset may be that of another who had it in between.
 */
function acknowledgedBy({ commits }: Evidence): (delivery: Stamped<DeliveryEvent>) => boolean {
  const last = new Map<string, Places<number>>();
  for (const { moment, errorCode, instance, topic, partition, committed, seq } of commits) {
    if (moment !== "applied" || errorCode !== 0) continue;
    const places = last.get(instance) ?? new Places<number>();
    last.set(instance, places);
    places.set({ topic, partition, offset: committed }, seq);
  }
  return ({ instance, position: { topic, partition, offset }, seq }) =>
    (last.get(instance)?.get({ topic, partition, offset: offset + 1 }) ?? -1) > seq;
}

/** Who did the work of the event that these deliveries carry, by row or by dead letter. */
function handledBy(
  evidence: Evidence,
  deliveries: readonly DeliveryEvent[],
  known: {
    readonly records: Places<Recorded>;
    readonly letters: ReadonlyMap<string, readonly DeadLetter[]>;
  },
): HandledBy {
  const [log] = deliveries.flatMap(({ position }) => known.records.get(position)?.log ?? []);
  if (log === undefined) return "unknown";
  const event = evidence.eventOf(log.key, log.eventId);
  const rows = rowsBehind(evidence, log.position.topic);
  // Without a row to look for, or for a record nobody can read, there is nothing to go by.
  if (event === null || rows.length === 0) return "unknown";
  return [
    ...rows.flatMap((id) => effectsFor(evidence, event, id).map((effect) => effect.instance)),
    ...[...new Set(deliveries.map(({ position }) => placeText(position)))].flatMap((place) =>
      (known.letters.get(place) ?? []).map(({ instance }) => instance),
    ),
  ];
}

/** Ids of the row effects that the consumer of a topic makes. */
function rowsBehind({ header }: Evidence, topic: string): readonly string[] {
  const recordsOf = header.effects.filter(
    (effect) => effect.kind === "record" && effect.topic === topic,
  );
  const published = new Set(recordsOf.map(({ id }) => id));
  return header.effects.flatMap((effect) => {
    if (effect.kind !== "row") return [];
    const isBehind =
      effect.follows === undefined ? topic === header.inputTopic : published.has(effect.follows);
    return isBehind ? [effect.id] : [];
  });
}
