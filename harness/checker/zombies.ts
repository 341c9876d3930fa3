import type {
  DeliveryEvent,
  EventBase,
  MembershipEvent,
  OffsetCommitEvent,
  Position,
  WireEvent,
} from "../model/history.ts";
import type { ZombieAct } from "../model/result.ts";
import type { Evidence, Expected } from "./evidence.ts";
import { outcomeOf } from "./outcomes.ts";

const ACTS_MAX = 50;

/**
 * What instances did for a partition that had another owner by then: offset commits, and the first
 * transaction of a record that was delivered to them before the move. Owners are those that the
 * group assigned, in the order of the wire.
 */
export function zombiesOf(evidence: Evidence): readonly ZombieAct[] {
  const watch = new OwnershipWatch(evidence);
  const acts: ZombieAct[] = [];
  for (const event of evidence.events) {
    if (acts.length >= ACTS_MAX) break;
    if (event.stream === "membership") watch.assign(event);
    else if (event.stream === "delivery") watch.deliver(event);
    else if (event.stream === "process" && event.kind === "spawned") watch.begin(event.instance);
    else if (event.stream === "wire") acts.push(...watch.transactions(event));
    else if (event.stream === "offset" && event.kind === "commit")
      acts.push(...watch.commits(event));
  }
  return acts;
}

class OwnershipWatch {
  private readonly evidence: Evidence;
  private readonly owners = new Map<string, string>();
  /** Records an instance was delivered and has not had a transaction for since. */
  private readonly inHand = new Set<string>();
  private readonly byPlace: ReadonlyMap<string, Expected>;
  private readonly byKey: ReadonlyMap<string, Expected>;

  /** Account of each event. */
  private readonly accounts: ReadonlyMap<string, string>;
  /** Instance and account of changes to a balance that belong to no declared effect. */
  private readonly orphans: ReadonlySet<string>;

  constructor(evidence: Evidence) {
    this.evidence = evidence;
    this.accounts = new Map(
      evidence.intents.flatMap(({ key, eventId, account }) => {
        const event = evidence.eventOf(key, eventId);
        return event === null ? [] : [[event.id, account] as const];
      }),
    );
    this.orphans = new Set(orphanChanges(evidence));
    this.byPlace = new Map(
      evidence.expected.flatMap((event) =>
        event.position === null ? [] : [[placeOf(event.position), event] as const],
      ),
    );
    this.byKey = new Map(evidence.expected.map((event) => [event.key, event] as const));
  }

  assign({ instance, partitions = [] }: MembershipEvent): void {
    for (const { topic, partition } of partitions)
      this.owners.set(`${topic}/${partition}`, instance);
  }

  /** A new process has nothing in hand of what the one before it was delivered. */
  begin(instance: string): void {
    for (const held of this.inHand) if (held.startsWith(`${instance} `)) this.inHand.delete(held);
  }

  deliver({ instance, position }: DeliveryEvent): void {
    const event = this.byPlace.get(placeOf(position));
    if (event !== undefined) this.inHand.add(`${instance} ${event.key}`);
  }

  transactions({
    boundary,
    tag,
    keys,
    instance,
    atMs,
  }: WireEvent & EventBase): readonly ZombieAct[] {
    if (boundary !== "postgres.commit.applied" || tag !== "COMMIT") return [];
    return keys.flatMap((key) => {
      const event = this.byKey.get(key);
      // The handler's own transaction is the first after the delivery; workers come later.
      const isHandler = this.inHand.delete(`${instance} ${key}`);
      if (!isHandler || event === undefined || this.owns(instance, event.position)) return [];
      return [
        { instance, act: "transaction", key, atMs, outcome: this.harmOf(event, instance) } as const,
      ];
    });
  }

  commits(commit: OffsetCommitEvent & EventBase): readonly ZombieAct[] {
    const { instance, topic, partition, committed, errorCode, atMs, moment } = commit;
    const event = this.byPlace.get(placeOf({ topic, partition, offset: committed - 1 }));
    if (moment !== "applied" || event === undefined || this.owns(instance, event.position))
      return [];
    const outcome = errorCode === 0 ? this.harmOf(event, instance) : "fenced";
    return [{ instance, act: "offset commit", key: event.key, atMs, outcome }];
  }

  private owns(instance: string, position: Position | null): boolean {
    if (position === null) return true;
    const owner = this.owners.get(`${position.topic}/${position.partition}`);
    return owner === undefined || owner === instance;
  }

  private harmOf(event: Expected, instance: string): "harmless" | "harmful" {
    const isHarmful =
      outcomeOf(this.evidence, event) === "duplicated" ||
      this.orphans.has(`${instance} ${this.accounts.get(event.id) ?? ""}`);
    return isHarmful ? "harmful" : "harmless";
  }
}

function orphanChanges({ header, changes }: Evidence): readonly string[] {
  const { balance, effects } = header;
  const tables = new Set(effects.flatMap((effect) => (effect.kind === "row" ? effect.table : [])));
  const withEffects = new Set(
    changes.flatMap(({ table, xid }) => (tables.has(table) ? [xid] : [])),
  );
  return changes.flatMap(({ table, xid, instance, after }) =>
    balance !== null && table === balance.table && !withEffects.has(xid)
      ? [`${instance} ${String(after?.[balance.account])}`]
      : [],
  );
}

function placeOf({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`;
}
