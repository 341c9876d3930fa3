import type { Row } from "../../model/history.ts";

/** Where a value of an INSERT comes from; null for an expression, which is not worked out. */
type Source = { readonly parameter: number } | { readonly literal: string } | null;

/** `INSERT INTO table (columns) VALUES (...)` of one row. */
export interface InsertShape {
  /** Without schema and quotes. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly Source[];
}

const NAME = String.raw`(?:"[^"]+"|[a-z_][\w$]*)`;
const INSERT = new RegExp(
  String.raw`^\s*insert\s+into\s+(?:${NAME}\s*\.\s*)?(${NAME})(?:\s+as\s+${NAME})?\s*\(([^()]*)\)\s*values\s*\(`,
  "i",
);
const VALUE = /^\s*(?:\$(\d+)|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?))\s*(?:::\s*[\w ]+)?\s*$/i;

/**
 * What an INSERT says it inserts, read far enough to tell a row's columns from its parameters
 * (PostgreSQL manual, "INSERT"). Null for anything but one row of VALUES with named columns.
 */
export function insertOf(sql: string): InsertShape | null {
  const found = INSERT.exec(sql);
  if (found === null) return null;
  const [head, table = "", names = ""] = found;
  const columns = names.split(",").map(unquoted);
  const list = valuesOf(sql.slice(head.length));
  if (list === null || list.length !== columns.length) return null;
  return { table: unquoted(table), columns, values: list.map(sourceOf) };
}

/** The row, as text; columns whose value is NULL or an expression are left out. */
export function rowOf(insert: InsertShape, parameters: readonly (string | null)[]): Row {
  const cells = insert.columns.flatMap((column, index) => {
    const source = insert.values[index] ?? null;
    if (source === null) return [];
    const value = "literal" in source ? source.literal : parameters[source.parameter - 1];
    return value === undefined || value === null ? [] : [[column, value] as const];
  });
  return Object.fromEntries(cells);
}

/** The comma-separated values up to the closing parenthesis; null when a second row follows. */
function valuesOf(text: string): readonly string[] | null {
  const values: string[] = [];
  let [depth, from, isQuoted] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (char === "(") depth += 1;
    if (char === "," && depth === 0) {
      values.push(text.slice(from, at));
      from = at + 1;
    }
    if (char !== ")") continue;
    if (depth === 0) {
      values.push(text.slice(from, at));
      return /^\s*,/.test(text.slice(at + 1)) ? null : values;
    }
    depth -= 1;
  }
  return null;
}

function sourceOf(value: string): Source {
  const found = VALUE.exec(value);
  if (found === null) return null;
  const [, parameter, quoted, number] = found;
  if (parameter !== undefined) return { parameter: Number(parameter) };
  return { literal: quoted === undefined ? (number ?? "") : quoted.replaceAll("''", "'") };
}

function unquoted(name: string): string {
  const trimmed = name.trim();
  return trimmed.startsWith('"') ? trimmed.slice(1, -1) : trimmed.toLowerCase();
}
