import type { EffectEvent, EventBase, Row } from "../model/history.ts";
import type { EffectDeclaration, RunHeader } from "../model/run-header.ts";
import { placeText } from "./effects.ts";
import { KeyChanges } from "./key-changes.ts";
import type { Texts } from "./texts.ts";

type Change = EffectEvent & EventBase;

/** A row that says why a record was not handled. */
export interface DeadLetter {
  /** As `placeText` writes it. */
  readonly place: string;
  /** Who wrote it; null where the evidence cannot tell. */
  readonly instance: string | null;
  /** False when the row says nothing in the declared column. */
  readonly hasReason: boolean;
}

/** A committed outbox row names an event. */
export interface OutboxRow {
  readonly key: string | null;
  readonly eventId: string;
  readonly seq: number;
}

/** A change that wrote a version of an account over one that was not lower. */
export interface Overwrite {
  readonly seq: number;
  readonly instance: string | null;
  readonly xid: string;
  readonly account: string;
  readonly version: { readonly old: number; readonly next: number };
  readonly balance: { readonly old: string; readonly next: string };
}

/** A dedup row that was inserted, deleted and inserted again. */
export interface Revival {
  /** Seqs of the deletion and of the insert after it. */
  readonly seqs: readonly [number, number];
  readonly key: string;
  readonly dedupKey: string;
}

/** What one account was given by the ledger, and what its balance did. Minor units. */
export interface AccountTotals {
  posted: number;
  moved: number;
}

/** What is kept of the committed rows, beside the declared effects: totals, names and exceptions. */
export class ChangeFacts {
  readonly deadLetters: DeadLetter[] = [];
  readonly outbox: OutboxRow[] = [];
  readonly overwrites: Overwrite[] = [];
  readonly revivals: Revival[] = [];
  /** Business keys whose first dedup row was committed after others had been deleted: how many. */
  readonly afterPurge = new Map<string, number>();
  readonly keyChanges: KeyChanges;
  private readonly header: RunHeader;
  private readonly texts: Texts;
  private readonly ledger: Extract<EffectDeclaration, { kind: "row" }> | null;
  private readonly byAccount = new Map<string, AccountTotals>();
  /** Seq of the deletion of each dedup key. */
  private readonly deleted = new Map<string, number>();
  private deletions = 0;
  private readonly inserts = new Map<string, Map<string | null, number>>();
  private readonly effectTables: ReadonlySet<string>;
  private readonly effectXids = new Set<string>();
  private readonly unexplained = new Map<string, (readonly [string, number])[]>();

  constructor(header: RunHeader, texts: Texts) {
    this.header = header;
    this.texts = texts;
    this.keyChanges = new KeyChanges(header);
    const ledger = header.effects.find(({ id }) => id === header.balance?.ledger);
    this.ledger = ledger?.kind === "row" ? ledger : null;
    this.effectTables = new Set(
      header.effects.flatMap((effect) => (effect.kind === "row" ? effect.table : [])),
    );
  }

  see(change: Change): void {
    const { header, effectTables } = this;
    const { table, op, instance, xid } = change;
    if (op === "insert") {
      const counts = this.inserts.get(table) ?? new Map<string | null, number>();
      this.inserts.set(table, counts.set(instance, (counts.get(instance) ?? 0) + 1));
    }
    if (effectTables.has(table)) this.explain(xid);
    if (table === header.balance?.table) this.balanceChange(change);
    if (table === this.ledger?.table) this.ledgerChange(change);
    if (table === header.outbox?.table) this.outboxRow(change);
    if (table === header.deadLetters?.table) this.deadLetter(change);
    if (table === header.dedup?.table) this.dedupRow(change);
  }

  get totals(): ReadonlyMap<string, AccountTotals> {
    return this.byAccount;
  }

  insertsBy(instance: string, table: string): number {
    return this.inserts.get(table)?.get(instance) ?? 0;
  }

  /** "instance account" of changes to a balance whose transaction has no declared effect, with a seq. */
  orphans(): ReadonlyMap<string, number> {
    return new Map([...this.unexplained.values()].flat());
  }

  private explain(xid: string): void {
    if (this.header.balance === null) return;
    this.effectXids.add(xid);
    this.unexplained.delete(xid);
  }

  private totalsOf(account: string): AccountTotals {
    const known = this.byAccount.get(account);
    if (known !== undefined) return known;
    const fresh = { posted: 0, moved: 0 };
    this.byAccount.set(account, fresh);
    return fresh;
  }

  private ledgerChange({ before, after }: Change): void {
    const { account = "account", amount = "amount" } = this.ledger ?? {};
    const add = (row: Row | null, sign: number): void => {
      if (row !== null) this.totalsOf(String(row[account])).posted += sign * Number(row[amount]);
    };
    add(before, -1);
    add(after, 1);
  }

  private balanceChange(change: Change): void {
    const { balance } = this.header;
    if (balance === null) return;
    const { before, after, xid, instance } = change;
    const account = String((after ?? before)?.[balance.account]);
    const delta = Number(after?.[balance.balance] ?? 0) - Number(before?.[balance.balance] ?? 0);
    this.totalsOf(account).moved += delta;
    if (!this.effectXids.has(xid)) {
      const name = `${instance} ${String(after?.[balance.account])}`;
      const known = this.unexplained.get(xid);
      if (known === undefined) this.unexplained.set(xid, [[name, change.seq]]);
      else known.push([name, change.seq]);
    }
    if (balance.version === undefined || before === null || after === null) return;
    const [old, next] = [Number(before[balance.version]), Number(after[balance.version])];
    if (!(next <= old)) return;
    this.overwrites.push({
      seq: change.seq,
      instance,
      xid,
      account,
      version: { old, next },
      balance: { old: String(before[balance.balance]), next: String(after[balance.balance]) },
    });
  }

  private outboxRow({ op, after, seq }: Change): void {
    const { outbox } = this.header;
    if (outbox === null || op !== "insert" || after === null) return;
    const key = outbox.key === undefined ? null : this.texts.of(String(after[outbox.key]));
    this.outbox.push({ key, eventId: this.texts.of(String(after[outbox.eventId])), seq });
  }

  private deadLetter({ op, after, instance }: Change): void {
    const declared = this.header.deadLetters ?? null;
    if (declared === null || op !== "insert" || after === null) return;
    const place = placeText({
      topic: String(after[declared.topic]),
      partition: Number(after[declared.partition]),
      offset: Number(after[declared.offset]),
    });
    const { reason } = declared;
    const hasReason = reason === undefined || isText(after[reason]);
    this.deadLetters.push({ instance, place, hasReason });
  }

  private notePurge(key: string): void {
    const isWanted = this.header.exercise.purged === true;
    if (isWanted && !this.afterPurge.has(key)) this.afterPurge.set(key, this.deletions);
  }

  private dedupRow(change: Change): void {
    const declared = this.header.dedup ?? null;
    if (declared === null) return;
    const { op, before, after, seq } = change;
    this.keyChanges.dedupRow(change);
    const keyOf = (row: Row): string =>
      declared.columns.map((column) => String(row[column])).join(" / ");
    if (op === "delete" && before !== null) {
      this.deleted.set(keyOf(before), seq);
      this.deletions += 1;
    }
    if (op === "insert" && after !== null) this.notePurge(String(after[declared.key]));
    const deletedAt = after === null ? undefined : this.deleted.get(keyOf(after));
    if (op !== "insert" || after === null || deletedAt === undefined) return;
    const key = String(after[declared.key]);
    this.revivals.push({ seqs: [deletedAt, seq], key, dedupKey: keyOf(after) });
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}
