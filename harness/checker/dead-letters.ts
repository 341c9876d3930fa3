import { placeText, type Evidence } from "./evidence.ts";

/** A row that says why a record was not handled. */
export interface DeadLetter {
  /** As `placeText` writes it. */
  readonly place: string;
  /** Who wrote it; null where the evidence cannot tell. */
  readonly instance: string | null;
  /** False when the row says nothing in the declared column. */
  readonly hasReason: boolean;
}

/** The declared dead letters, in commit order; empty when no table is declared. */
export function deadLettersOf({ header, changes }: Evidence): readonly DeadLetter[] {
  const declared = header.deadLetters ?? null;
  if (declared === null) return [];
  return changes.flatMap(({ table, op, after, instance }) =>
    table === declared.table && op === "insert" && after !== null
      ? [
          {
            instance,
            hasReason: declared.reason === undefined || isText(after[declared.reason]),
            place: placeText({
              topic: String(after[declared.topic]),
              partition: Number(after[declared.partition]),
              offset: Number(after[declared.offset]),
            }),
          },
        ]
      : [],
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}
