import type { CallEvent, EffectEvent, Version } from "../model/history.ts";
import type { KeyChange } from "../model/result.ts";
import type { DedupDeclaration } from "../model/run-header.ts";

const CHANGES_MAX = 50;

type ByVersion = Map<string, Partial<Record<Version, string>>>;

/**
 * For each event that two versions worked on: the dedup key (from the table) and the idempotency
 * key (from the wire) each of them used. Keeps nothing where nothing was redeployed.
 */
export class KeyChanges {
  private readonly declared: DedupDeclaration | null;
  private readonly dedup: ByVersion = new Map();
  private readonly idempotency: ByVersion = new Map();

  constructor(declared: DedupDeclaration | null) {
    this.declared = declared;
  }

  /** A change of the dedup table. */
  dedupRow({ op, after, version }: EffectEvent): void {
    const { declared } = this;
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

  /** Where the two versions differ. */
  differences(): readonly KeyChange[] {
    return [
      ...changes(this.dedup, "dedup key"),
      ...changes(this.idempotency, "idempotency key"),
    ].slice(0, CHANGES_MAX);
  }
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
      : [{ key: key.split(" ")[0] ?? key, what, current, next }],
  );
}
