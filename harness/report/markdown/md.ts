import { inert } from "../inert.ts";

/**
 * Text as Markdown that shows it and does nothing else: no markup, no HTML, no link, no mention of a
 * person, no row of a table. GitHub turns bare addresses and @names into links, so those are broken up.
 */
export function md(text: string): string {
  return inert(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]#|~!]/g, String.raw`\$&`)
    .replaceAll("@", "&#64;")
    .replaceAll("://", "&#58;//")
    .replaceAll(/\bwww\./gi, (match) => `${match.slice(0, -1)}&#46;`)
    .replaceAll(/^(\s*)([-+]|\d+[.)])(?=\s)/g, String.raw`$1\$2`);
}

/** A name in code style; as plain text when it has characters that code style cannot hold everywhere. */
export function mono(text: string): string {
  const shown = inert(text);
  return shown === "" || /[`|\\]/.test(shown) || shown.trim() !== shown ? md(text) : `\`${shown}\``;
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

/** Cells are Markdown already. */
export function mdTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Blocks with a blank line between; empty ones are left out. */
export function blocks(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join("\n\n");
}

export function section(
  level: number,
  title: string,
  ...body: readonly (string | null)[]
): string | null {
  const text = blocks(body);
  return text === "" ? null : `${"#".repeat(level)} ${title}\n\n${text}`;
}
