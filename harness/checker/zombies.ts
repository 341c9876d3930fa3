import type {
  CallEvent,
  DeliveryEvent,
  EventBase,
  MembershipEvent,
  OffsetCommitEvent,
  Position,
  WireEvent,
} from "../model/history.ts";
import type { ZombieAct } from "../model/result.ts";
import { effectsFor, type Evidence, type Expected } from "./evidence.ts";
import { duplicateOf } from "./outcomes.ts";
import { Places } from "./places.ts";

/** What was done, and the event that shows it. */
interface Act extends ZombieAct {
  readonly seq: number;
  /** Seqs of the fewest events that make it harmful: how it came to be, and what it did. */
  readonly because: readonly number[];
}

interface Owner {
  readonly instance: string;
  /** Seq of the assignment. */
  readonly seq: number;
}

/**
 * What instances did for a partition that had another owner by then: offset commits, and for a record
 * that was delivered to them before the move the first transaction, and calls and publishes before
 * it (which a background worker of the same instance may have made). Owners are those that the group
 * assigned, in the order of the wire.
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
    if (event.stream === "membership") watch.assign(event);
    else if (event.stream === "delivery") watch.deliver(event);
    else if (event.stream === "process") watch.begin(event.instance);
    else if (event.stream === "wire") acts.push(...watch.wire(event));
    else if (event.stream === "call") acts.push(...watch.calls(event));
    else acts.push(...watch.commits(event));
  }
  return acts;
}

class OwnershipWatch {
  private readonly evidence: Evidence;
  private readonly owners = new Map<string, Owner>();
  /** Records that each instance was delivered, by key, with the seq of the delivery, and has not had a transaction for since. */
  private readonly inHand = new Map<string, Map<string, number>>();
  /**
   * ... and which it was delivered before it was itself assigned anew: most are given up by then, and
   * a background worker may come to them, so that only what does harm is held against it.
   */
  private readonly fromBefore = new Map<string, Map<string, number>>();
  /** Members of the group that reads the input. */
  private readonly members = new Set<string>();
  private readonly byPlace: Places<Expected>;
  private readonly byKey: ReadonlyMap<string, Expected>;

  /** Account of each event, by its id; asked for only when something was done. */
  private accounts: ReadonlyMap<string, string> | null = null;
  /** Instance and account of changes to a balance that belong to no declared effect. */
  private readonly orphans: ReadonlyMap<string, number>;

  constructor(evidence: Evidence) {
    this.evidence = evidence;
    // In the middle of a transaction, what explains a change may be yet to come.
    this.orphans = evidence.isCollected ? evidence.changes.orphans() : new Map();
    this.byPlace = new Places(
      evidence.expected.flatMap((event) =>
        event.position === null ? [] : [[event.position, event] as const],
      ),
    );
    this.byKey = new Map(evidence.expected.map((event) => [event.key, event] as const));
  }

  assign({ instance, kind, memberId, partitions = [], seq }: MembershipEvent & EventBase): void {
    for (const { topic, partition } of partitions) {
      this.owners.set(`${topic}/${partition}`, { instance, seq });
      if (topic === this.evidence.header.inputTopic) this.members.add(memberId);
    }
    if (kind !== "assigned" || !this.members.has(memberId)) return;
    for (const [key, at] of this.inHand.get(instance) ?? [])
      holdIn(this.fromBefore, instance, { key, at });
    this.inHand.delete(instance);
  }

  /** A new process has nothing in hand of what the one before it was delivered. */
  begin(instance: string): void {
    this.inHand.delete(instance);
    this.fromBefore.delete(instance);
  }

  deliver({ instance, position, seq }: DeliveryEvent & EventBase): void {
    const event = this.byPlace.get(position);
    if (event === undefined) return;
    holdIn(this.inHand, instance, { key: event.key, at: seq });
    this.fromBefore.get(instance)?.delete(event.key);
  }

  wire({ boundary, tag, keys, instance, atMs, seq }: WireEvent & EventBase): readonly Act[] {
    if (boundary === "kafka.produce.requested") {
      return keys.flatMap((key) => this.handled("publish", { key, instance, atMs, seq }));
    }
    if (boundary !== "postgres.commit.applied" || tag !== "COMMIT") return [];
    return keys.flatMap((key) => {
      const acts = this.handled("transaction", { key, instance, atMs, seq });
      // The handler's own transaction is the first after the delivery; workers come later.
      this.inHand.get(instance)?.delete(key);
      this.fromBefore.get(instance)?.delete(key);
      return acts;
    });
  }

  calls({ key, instance, atMs, seq }: CallEvent & EventBase): readonly Act[] {
    return key === null ? [] : this.handled("call", { key, instance, atMs, seq });
  }

  /** An act for a record that the instance has in hand and no longer owns. */
  private handled(
    act: "transaction" | "call" | "publish",
    by: Pick<Act, "key" | "instance" | "atMs" | "seq">,
  ): readonly Act[] {
    const { instance, key } = by;
    const event = this.byKey.get(key);
    if (event === undefined) return [];
    const owner = this.otherOwner(instance, event.position);
    if (owner === null) return [];
    const harm = act === "transaction" ? this.harmOf(event, instance) : this.repeatOf(event, act);
    const before =
      act === "transaction" && harm !== null ? this.fromBefore.get(instance)?.get(key) : undefined;
    const deliveredAt = this.inHand.get(instance)?.get(key) ?? before;
    if (deliveredAt === undefined) return [];
    const because = [...new Set([deliveredAt, owner.seq, by.seq, ...(harm ?? [])])];
    return [
      {
        ...by,
        act,
        outcome: harm === null ? "harmless" : "harmful",
        because: because.sort((a, b) => a - b),
      },
    ];
  }

  /** Two of what an act like this one makes, where the event may have but one; null otherwise. */
  private repeatOf(event: Expected, act: "call" | "publish"): readonly number[] | null {
    const twice = this.evidence.header.effects
      .filter((effect) =>
        act === "call"
          ? effect.kind === "call"
          : effect.kind === "record" && effect.delivery === "once",
      )
      .map(({ id }) => effectsFor(this.evidence, event, id))
      .find(({ length }) => length > 1);
    return twice?.slice(0, 2).map(({ seq }) => seq) ?? null;
  }

  commits(commit: OffsetCommitEvent & EventBase): readonly Act[] {
    const { instance, topic, partition, committed, errorCode, atMs, seq, moment } = commit;
    const event = this.byPlace.get({ topic, partition, offset: committed - 1 });
    if (moment !== "applied" || event === undefined) return [];
    if (this.otherOwner(instance, event.position) === null) return [];
    const done = this.harmOf(event, instance) === null ? "harmless" : "harmful";
    const outcome = errorCode === 0 ? done : "fenced";
    const act = "offset commit";
    return [{ instance, act, key: event.key, atMs, seq, outcome, because: [seq] }];
  }

  /** Who else has the partition by now; null where nobody else was given it. */
  private otherOwner(instance: string, position: Position | null): Owner | null {
    if (position === null) return null;
    const owner = this.owners.get(`${position.topic}/${position.partition}`);
    return owner === undefined || owner.instance === instance ? null : owner;
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

  /** What shows that the event came out wrong; null where it did not. */
  private harmOf(event: Expected, instance: string): readonly number[] | null {
    const twice = duplicateOf(this.evidence, event);
    if (twice !== null) return twice.slice(0, 2).map(({ seq }) => seq);
    const orphan = this.orphans.get(`${instance} ${this.accountOf(event) ?? ""}`);
    return orphan === undefined ? null : [orphan];
  }
}

function holdIn(
  hand: Map<string, Map<string, number>>,
  instance: string,
  { key, at }: { readonly key: string; readonly at: number },
): void {
  const held = hand.get(instance) ?? new Map<string, number>();
  hand.set(instance, held.set(key, at));
}
