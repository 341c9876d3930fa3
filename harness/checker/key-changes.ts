import type {
  CallEvent,
  DeliveryEvent,
  EffectEvent,
  ProcessEvent,
  Version,
} from "../model/history.ts";
import type { KeyChange, KeyComparison } from "../model/result.ts";
import type { RunHeader } from "../model/run-header.ts";

const CHANGES_MAX = 50;

type ByVersion = Map<string, Partial<Record<Version, string>>>;

/**
 * For each event that two versions worked on: the dedup key (from the table) and the idempotency
 * key (from the wire) each of them used. Keeps nothing where nothing was redeployed.
 */
export class KeyChanges {
  private readonly header: Pick<RunHeader, "dedup" | "inputTopic">;
  /** What each instance runs. */
  private readonly running = new Map<string, Version>();
  /** Versions that were delivered the record of a key. */
  private readonly handled = new Map<string, Set<Version>>();
  private readonly dedup: ByVersion = new Map();
  private readonly idempotency: ByVersion = new Map();

  constructor(header: Pick<RunHeader, "dedup" | "inputTopic">) {
    this.header = header;
  }

  spawned({ instance, version }: ProcessEvent): void {
    if (version !== undefined) this.running.set(instance, version);
  }

  delivered({ instance, key, position }: DeliveryEvent): void {
    const version = this.running.get(instance);
    if (version === undefined || key === null || position.topic !== this.header.inputTopic) return;
    this.handled.set(key, (this.handled.get(key) ?? new Set()).add(version));
  }

  /** A change of the dedup table. */
  dedupRow({ op, after, version }: EffectEvent): void {
    const declared = this.header.dedup ?? null;
    if (declared === null || version === undefined || op !== "insert") return;
    const consumer = declared.consumer === undefined ? "" : String(after?.[declared.consumer]);
    const key = `${String(after?.[declared.key])} ${consumer}`;
    const text = declared.columns.map((column) => String(after?.[column])).join(" / ");
    note(this.dedup, key, { version, text });
  }

  call({ key, idempotencyKey, version }: CallEvent): void {
    if (key === null || version === undefined) return;
    note(this.idempotency, key, { version, text: idempotencyKey ?? "none" });
  }

  /** For every event whose key of both versions is known or that both were delivered. */
  comparisons(): readonly KeyComparison[] {
    return [
      this.comparison(this.dedup, "dedup key"),
      this.comparison(this.idempotency, "idempotency key"),
    ];
  }

  private comparison(seen: ByVersion, what: KeyChange["what"]): KeyComparison {
    const isSame = new Map<string, boolean>();
    for (const [name, { current, next }] of seen) {
      if (current === undefined || next === undefined) continue;
      const key = businessKeyOf(name);
      isSame.set(key, current === next && isSame.get(key) !== false);
    }
    const same = [...isSame.values()].filter(Boolean).length;
    const both = [...this.handled].filter(([, versions]) => versions.size > 1);
    const notCompared = both.filter(([key]) => !isSame.has(key)).length;
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
