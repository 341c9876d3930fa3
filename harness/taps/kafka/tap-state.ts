import type { Named } from "../../ports/tap.ts";
import type { Member, Partition } from "./group-messages.ts";
import type { PartitionOffset } from "./messages.ts";
import { CUT_OFF } from "./record-batch.ts";

/** An open transaction of one transactional id: what it has sent so far. */
export interface OpenTransaction {
  readonly named: Map<string, Named>;
  offsets: readonly PartitionOffset[];
  group: string;
}

const TRANSACTIONS_MAX = 1_000;

/** What the connections of one instance have in common. */
export class KafkaTapState {
  private readonly topicNames = new Map<string, string>();
  private readonly transactions = new Map<string, OpenTransaction>();
  private readonly unknown: Record<string, number> = {};
  private readonly relayed: Record<string, number> = {};
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
    const opened: OpenTransaction = { named: new Map(), offsets: [], group: "" };
    this.transactions.set(id, opened);
    return opened;
  }

  endTransaction(id: string): void {
    this.transactions.delete(id);
  }

  countUnknown(name: string): void {
    this.unknown[name] = (this.unknown[name] ?? 0) + 1;
  }

  /** Counts what could not be read of these partitions' batches. */
  countUnread(partitions: readonly { readonly unread: readonly string[] }[]): void {
    for (const { unread } of partitions) {
      for (const name of unread) {
        if (name === CUT_OFF) this.countRelayed(`kafka: ${name}`);
        else this.countUnknown(`kafka: ${name}`);
      }
    }
  }

  /** Counts what is relayed unread by design: it tells nothing that is evidence. */
  countRelayed(name: string): void {
    this.relayed[name] = (this.relayed[name] ?? 0) + 1;
  }

  relayedFrames(): Readonly<Record<string, number>> {
    return { ...this.relayed };
  }

  unknownFrames(): Readonly<Record<string, number>> {
    return { ...this.unknown };
  }
}
