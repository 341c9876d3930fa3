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
import { outcomeOf } from "./outcomes.ts";
import { Places } from "./places.ts";

/** What was done, and the event that shows it. */
type Act = ZombieAct & { readonly seq: number };

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
  private readonly owners = new Map<string, string>();
  /** Keys of records that each instance was delivered and has not had a transaction for since. */
  private readonly inHand = new Map<string, Set<string>>();
  /**
   * ... and which it was delivered before it was itself assigned anew: most are given up by then, and
   * a background worker may come to them, so that only what does harm is held against it.
   */
  private readonly fromBefore = new Map<string, Set<string>>();
  /** Members of the group that reads the input. */
  private readonly members = new Set<string>();
  private readonly byPlace: Places<Expected>;
  private readonly byKey: ReadonlyMap<string, Expected>;

  /** Account of each event, by its id; asked for only when something was done. */
  private accounts: ReadonlyMap<string, string> | null = null;
  /** Instance and account of changes to a balance that belong to no declared effect. */
  private readonly orphans: ReadonlySet<string>;

  constructor(evidence: Evidence) {
    this.evidence = evidence;
    // In the middle of a transaction, what explains a change may be yet to come.
    this.orphans = evidence.isCollected ? evidence.changes.orphans() : new Set();
    this.byPlace = new Places(
      evidence.expected.flatMap((event) =>
        event.position === null ? [] : [[event.position, event] as const],
      ),
    );
    this.byKey = new Map(evidence.expected.map((event) => [event.key, event] as const));
  }

  assign({ instance, kind, memberId, partitions = [] }: MembershipEvent): void {
    for (const { topic, partition } of partitions) {
      this.owners.set(`${topic}/${partition}`, instance);
      if (topic === this.evidence.header.inputTopic) this.members.add(memberId);
    }
    if (kind !== "assigned" || !this.members.has(memberId)) return;
    for (const key of this.inHand.get(instance) ?? []) holdIn(this.fromBefore, instance, key);
    this.inHand.delete(instance);
  }

  /** A new process has nothing in hand of what the one before it was delivered. */
  begin(instance: string): void {
    this.inHand.delete(instance);
    this.fromBefore.delete(instance);
  }

  deliver({ instance, position }: DeliveryEvent): void {
    const event = this.byPlace.get(position);
    if (event === undefined) return;
    holdIn(this.inHand, instance, event.key);
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
    if (event === undefined || this.owns(instance, event.position)) return [];
    const outcome =
      act === "transaction" ? this.harmOf(event, instance) : this.repeatOf(event, act);
    const isHandler =
      this.inHand.get(instance)?.has(key) === true ||
      (act === "transaction" &&
        outcome === "harmful" &&
        this.fromBefore.get(instance)?.has(key) === true);
    return isHandler ? [{ ...by, act, outcome }] : [];
  }

  /** Harmful when the event has more of what an act like this one makes than it may have. */
  private repeatOf(event: Expected, act: "call" | "publish"): "harmless" | "harmful" {
    const isTwice = this.evidence.header.effects.some(
      (effect) =>
        (act === "call"
          ? effect.kind === "call"
          : effect.kind === "record" && effect.delivery === "once") &&
        effectsFor(this.evidence, event, effect.id).length > 1,
    );
    return isTwice ? "harmful" : "harmless";
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

function holdIn(hand: Map<string, Set<string>>, instance: string, key: string): void {
  const held = hand.get(instance) ?? new Set();
  hand.set(instance, held.add(key));
}
