import type {
  AskedRowEvent,
  CallEvent,
  DeliveryEvent,
  EffectEvent,
  ProcessEvent,
  Row,
  Version,
  WireEvent,
} from "../model/history.ts";
import type { KeyChange, KeyComparison } from "../model/result.ts";
import type { RunHeader } from "../model/run-header.ts";

const CHANGES_MAX = 50;

type ByVersion = Map<string, Partial<Record<Version, string>>>;

/**
 * For each event that two versions worked on: the dedup key (from the table, and from the wire) and the idempotency
 * key (from the wire) each of them used. Keeps nothing where nothing was redeployed.
 */
export class KeyChanges {
  private readonly header: Pick<RunHeader, "dedup" | "inputTopic">;
  /** What each instance runs. */
  private readonly running = new Map<string, Version>();
  /** Keys whose record was delivered to the process that each instance is now. */
  private readonly delivers = new Map<string, Set<string>>();
  /** Versions that asked to commit a key that was delivered to them. */
  private readonly handled = new Map<string, Set<Version>>();
  private readonly dedup: ByVersion = new Map();
  private readonly idempotency: ByVersion = new Map();

  constructor(header: Pick<RunHeader, "dedup" | "inputTopic">) {
    this.header = header;
  }

  spawned({ instance, version }: ProcessEvent): void {
    if (version === undefined) return;
    this.running.set(instance, version);
    // What its predecessor was delivered and left is not its own.
    this.delivers.set(instance, new Set());
  }

  delivered({ instance, key, position }: DeliveryEvent): void {
    if (key === null || position.topic !== this.header.inputTopic) return;
    this.delivers.get(instance)?.add(key);
  }

  /**
   * Of a batch that was delivered a version may have handled nothing: its COMMIT tells. It may be one
   * of its workers' that took the key over: then it counts among those not compared.
   */
  wire({ boundary, instance, keys }: WireEvent): void {
    if (boundary !== "postgres.commit.requested") return;
    const version = this.running.get(instance);
    if (version === undefined) return;
    const delivered = this.delivers.get(instance);
    for (const key of keys) {
      if (delivered?.has(key) !== true) continue;
      this.handled.set(key, (this.handled.get(key) ?? new Set()).add(version));
    }
  }

  /** A change of the dedup table. */
  dedupRow({ op, after, version }: EffectEvent): void {
    if (version === undefined || op !== "insert" || after === null) return;
    this.dedupKey(after, version, (known, found) => known ?? found);
  }

  /** A row that a version asked for: also where it was there, and nothing was inserted. */
  asked({ row, version }: AskedRowEvent): void {
    this.dedupKey(row, version, (_, found) => found);
  }

  /** Nothing where a column of the key is not known: half a key compares with nothing. */
  private dedupKey(
    row: Row,
    version: Version,
    choose: (known: string | undefined, found: string) => string,
  ): void {
    const declared = this.header.dedup ?? null;
    if (declared === null) return;
    const needed = [declared.key, declared.consumer ?? declared.key, ...declared.columns];
    if (!needed.every((column) => column in row)) return;
    const consumer = declared.consumer === undefined ? "" : String(row[declared.consumer]);
    const key = `${String(row[declared.key])} ${consumer}`;
    const text = declared.columns.map((column) => String(row[column])).join(" / ");
    // As the wire has it where it was seen: a database may write the same value another way.
    note(this.dedup, key, { version, text: choose(this.dedup.get(key)?.[version], text) });
  }

  call({ key, idempotencyKey, version }: CallEvent): void {
    if (key === null || version === undefined) return;
    note(this.idempotency, key, { version, text: idempotencyKey ?? "none" });
  }

  /** For every event whose key of both versions is known, or that both have handled. */
  comparisons(): readonly KeyComparison[] {
    const both = [...this.handled].filter(([, { size }]) => size > 1).map(([key]) => key);
    return [
      this.comparison(this.dedup, "dedup key", both),
      // Every call shows its key, or that it has none: nothing is left out.
      this.comparison(this.idempotency, "idempotency key", []),
    ];
  }

  private comparison(
    seen: ByVersion,
    what: KeyChange["what"],
    both: readonly string[],
  ): KeyComparison {
    const isSame = new Map<string, boolean>();
    for (const [name, { current, next }] of seen) {
      if (current === undefined || next === undefined) continue;
      const key = businessKeyOf(name);
      isSame.set(key, current === next && isSame.get(key) !== false);
    }
    const same = [...isSame.values()].filter(Boolean).length;
    const notCompared = both.filter((key) => !isSame.has(key)).length;
    return { what, same, changed: isSame.size - same, notCompared };
  }

  /** Where the two versions differ. */
  differences(): readonly KeyChange[] {
    return [
      ...changes(this.dedup, "dedup key"),
      ...changes(this.idempotency, "idempotency key"),
    ].slice(0, CHANGES_MAX);
  }
}

function businessKeyOf(key: string): string {
  return key.split(" ")[0] ?? key;
}

function note(
  seen: ByVersion,
  key: string,
  used: { readonly version: Version; readonly text: string },
): void {
  seen.set(key, { ...seen.get(key), [used.version]: used.text });
}

function changes(seen: ByVersion, what: KeyChange["what"]): readonly KeyChange[] {
  return [...seen].flatMap(([key, { current, next }]) =>
    current === undefined || next === undefined || current === next
      ? []
      : [{ key: businessKeyOf(key), what, current, next }],
  );
}
