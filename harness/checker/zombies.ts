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
import { Places } from "./places.ts";

const ACTS_MAX = 50;

/** What was done, and the event that shows it. */
type Act = ZombieAct & { readonly seq: number };

/**
 * What instances did for a partition that had another owner by then: offset commits, and the first
 * transaction of a record that was delivered to them before the move. Owners are those that the
 * group assigned, in the order of the wire.
 */
export function zombiesOf(evidence: Evidence): readonly Act[] {
  const acts = known.get(evidence) ?? actsIn(evidence);
  known.set(evidence, acts);
  return acts;
}

const known = new WeakMap<Evidence, readonly Act[]>();

function actsIn(evidence: Evidence): readonly Act[] {
  // Where nobody was ever given a partition, nobody can have lost one.
  if (!evidence.trail.some(({ stream }) => stream === "membership")) return [];
  const watch = new OwnershipWatch(evidence);
  const acts: Act[] = [];
  for (const event of evidence.trail) {
    if (acts.length >= ACTS_MAX) break;
    if (event.stream === "membership") watch.assign(event);
    else if (event.stream === "delivery") watch.deliver(event);
    else if (event.stream === "process") watch.begin(event.instance);
    else if (event.stream === "wire") acts.push(...watch.transactions(event));
    else acts.push(...watch.commits(event));
  }
  return acts;
}

class OwnershipWatch {
  private readonly evidence: Evidence;
  private readonly owners = new Map<string, string>();
  /** Keys of records that each instance was delivered and has not had a transaction for since. */
  private readonly inHand = new Map<string, Set<string>>();
  private readonly byPlace: Places<Expected>;
  private readonly byKey: ReadonlyMap<string, Expected>;

  /** Account of each event, by its id; asked for only when something was done. */
  private accounts: ReadonlyMap<string, string> | null = null;
  /** Instance and account of changes to a balance that belong to no declared effect. */
  private readonly orphans: ReadonlySet<string>;

  constructor(evidence: Evidence) {
    this.evidence = evidence;
    this.orphans = evidence.changes.orphans();
    this.byPlace = new Places(
      evidence.expected.flatMap((event) =>
        event.position === null ? [] : [[event.position, event] as const],
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
    this.inHand.delete(instance);
  }

  deliver({ instance, position }: DeliveryEvent): void {
    const event = this.byPlace.get(position);
    if (event === undefined) return;
    const held = this.inHand.get(instance) ?? new Set();
    this.inHand.set(instance, held.add(event.key));
  }

  transactions({
    boundary,
    tag,
    keys,
    instance,
    atMs,
    seq,
  }: WireEvent & EventBase): readonly Act[] {
    if (boundary !== "postgres.commit.applied" || tag !== "COMMIT") return [];
    return keys.flatMap((key) => {
      const event = this.byKey.get(key);
      // The handler's own transaction is the first after the delivery; workers come later.
      const isHandler = this.inHand.get(instance)?.delete(key) === true;
      if (!isHandler || event === undefined || this.owns(instance, event.position)) return [];
      return [
        {
          instance,
          act: "transaction",
          key,
          atMs,
          seq,
          outcome: this.harmOf(event, instance),
        } as const,
      ];
    });
  }

  commits(commit: OffsetCommitEvent & EventBase): readonly Act[] {
    const { instance, topic, partition, committed, errorCode, atMs, seq, moment } = commit;
    const event = this.byPlace.get({ topic, partition, offset: committed - 1 });
    if (moment !== "applied" || event === undefined || this.owns(instance, event.position))
      return [];
    const outcome = errorCode === 0 ? this.harmOf(event, instance) : "fenced";
    return [{ instance, act: "offset commit", key: event.key, atMs, seq, outcome }];
  }

  private owns(instance: string, position: Position | null): boolean {
    if (position === null) return true;
    const owner = this.owners.get(`${position.topic}/${position.partition}`);
    return owner === undefined || owner === instance;
  }

  private accountOf(event: Expected): string | undefined {
    const { intents, eventOf } = this.evidence;
    this.accounts ??= new Map(
      intents.flatMap(({ key, eventId, account }) => {
        const owner = eventOf(key, eventId);
        return owner === null ? [] : [[owner.id, account] as const];
      }),
    );
    return this.accounts.get(event.id);
  }

  private harmOf(event: Expected, instance: string): "harmless" | "harmful" {
    const isHarmful =
      outcomeOf(this.evidence, event) === "duplicated" ||
      this.orphans.has(`${instance} ${this.accountOf(event) ?? ""}`);
    return isHarmful ? "harmful" : "harmless";
  }
}
