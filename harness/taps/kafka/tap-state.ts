import type { Named } from "../../ports/tap.ts";
import type { Member, Partition } from "./group-messages.ts";
import type { PartitionOffset } from "./messages.ts";

/** An open transaction of one transactional id: what it has sent so far. */
export interface OpenTransaction {
  readonly named: Map<string, Named>;
  readonly offsets: PartitionOffset[];
  group: string;
}

const TRANSACTIONS_MAX = 1_000;

/** What the connections of one instance have in common. */
export class KafkaTapState {
  private readonly topicNames = new Map<string, string>();
  private readonly transactions = new Map<string, OpenTransaction>();
  private readonly unknown: Record<string, number> = {};
  private readonly membersByGroup = new Map<string, { memberId: string; epoch: number }>();
  private readonly assignments = new Map<string, string>();

  readonly topicOf = (id: string): string => this.topicNames.get(id) ?? id;

  learnTopics(names: ReadonlyMap<string, string>): void {
    for (const [id, name] of names) this.topicNames.set(id, name);
  }

  /** The member id used last in each group. */
  members(): readonly Member[] {
    return [...this.membersByGroup].map(([group, { memberId }]) => ({ group, memberId }));
  }

  /** Remembers the member id; true when it, or its epoch, is new. */
  setMember({ group, memberId }: Member, epoch?: number): boolean {
    const known = this.membersByGroup.get(group);
    const next = { memberId, epoch: epoch ?? known?.epoch ?? 0 };
    this.membersByGroup.set(group, next);
    return known?.memberId !== next.memberId || known.epoch !== next.epoch;
  }

  /** True when the group's assignment differs from the last one. */
  setAssignment(group: string, assigned: readonly Partition[]): boolean {
    const text = JSON.stringify(assigned);
    const isNew = text !== this.assignments.get(group);
    this.assignments.set(group, text);
    return isNew;
  }

  transaction(id: string): OpenTransaction {
    const known = this.transactions.get(id);
    if (known !== undefined) return known;
    if (this.transactions.size >= TRANSACTIONS_MAX) this.transactions.clear();
    const opened = { named: new Map<string, Named>(), offsets: [], group: "" };
    this.transactions.set(id, opened);
    return opened;
  }

  endTransaction(id: string): void {
    this.transactions.delete(id);
  }

  countUnknown(name: string): void {
    this.unknown[name] = (this.unknown[name] ?? 0) + 1;
  }

  unknownFrames(): Readonly<Record<string, number>> {
    return { ...this.unknown };
  }
}
