import type { KeyChange } from "../model/result.ts";
import type { Version } from "../model/history.ts";
import type { Evidence } from "./evidence.ts";

const CHANGES_MAX = 50;

/**
 * For each event that two versions worked on: the dedup key (from the table) and the idempotency
 * key (from the wire) each of them used, where they differ.
 */
export function keyChangesOf(evidence: Evidence): readonly KeyChange[] {
  const dedup = new Map<string, Partial<Record<Version, string>>>();
  const idempotency = new Map<string, Partial<Record<Version, string>>>();
  const declared = evidence.header.dedup ?? null;
  for (const { table, op, after, version } of evidence.changes) {
    if (declared === null || table !== declared.table || op !== "insert") continue;
    const consumer = declared.consumer === undefined ? "" : String(after?.[declared.consumer]);
    const key = `${String(after?.[declared.key])} ${consumer}`;
    const text = declared.columns.map((column) => String(after?.[column])).join(" / ");
    note(dedup, key, { version, text });
  }
  for (const { key, idempotencyKey, version } of evidence.calls) {
    if (key !== null) note(idempotency, key, { version, text: idempotencyKey ?? "none" });
  }
  return [...changes(dedup, "dedup key"), ...changes(idempotency, "idempotency key")].slice(
    0,
    CHANGES_MAX,
  );
}

function note(
  seen: Map<string, Partial<Record<Version, string>>>,
  key: string,
  used: { readonly version: Version | undefined; readonly text: string },
): void {
  if (used.version === undefined) return;
  seen.set(key, { ...seen.get(key), [used.version]: used.text });
}

function changes(
  seen: ReadonlyMap<string, Partial<Record<Version, string>>>,
  what: KeyChange["what"],
): readonly KeyChange[] {
  return [...seen].flatMap(([key, { current, next }]) =>
    current === undefined || next === undefined || current === next
      ? []
      : [{ key: key.split(" ")[0] ?? key, what, current, next }],
  );
}
