import type { Row } from "../model/history.ts";
import { checked, type Checker } from "./check.ts";

/** A dedup row is kept as long as its event can come again: none is deleted and then needed once more. */
export const dedupOutlivesRedelivery: Checker = {
  id: "dedup-outlives-redelivery",
  check: (evidence) => {
    const declared = evidence.header.dedup ?? null;
    if (declared === null) return checked([]);
    const keyOf = (row: Row): string =>
      declared.columns.map((column) => String(row[column])).join(" / ");
    const gone = new Set<string>();
    return checked(
      evidence.changes.flatMap(({ table, op, before, after }) => {
        if (table !== declared.table) return [];
        if (op === "delete" && before !== null) gone.add(keyOf(before));
        if (op !== "insert" || after === null || !gone.has(keyOf(after))) return [];
        const key = String(after[declared.key]);
        const message = `dedup-outlives-redelivery: the dedup row (${keyOf(after)}) of ${key} had been deleted when its event came again.`;
        return [{ key, message }];
      }),
    );
  },
};
