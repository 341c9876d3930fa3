/** Headings of the side file that people write in, in the order of the document. */
export const EDIT_SECTIONS = [
  "Roles",
  "Went well",
  "Went wrong",
  "Got lucky",
  "Action items",
  "Notes",
] as const;
export type EditSection = (typeof EDIT_SECTIONS)[number];

/** Name of the side file in a run's folder. gameday makes it once and never writes over it. */
export const EDITS_FILE = "rehearsal.edits.md";

/** Who does an action item, by when. */
export interface Assignment {
  readonly text: string;
  readonly owner: string | null;
  readonly due: string | null;
  readonly isDone: boolean;
}

export interface Edits {
  readonly lines: Readonly<Record<EditSection, readonly string[]>>;
  /** Keyed by the id of a generated action item, e.g. `no-duplicate-effects`. */
  readonly assignments: ReadonlyMap<string, Assignment>;
  /** Action items that people added. */
  readonly added: readonly Assignment[];
  /** Headings that are none of the document's: told, never dropped in silence. */
  readonly unknown: readonly string[];
}

export const EDITS_TEMPLATE = `# Rehearsal: what people add

gameday reads this file when it renders a run and never writes over it. One list item per line.

${EDIT_SECTIONS.map((name) => `## ${name}\n\n${hintFor(name)}\n`).join("\n")}`;

function hintFor(section: EditSection): string {
  switch (section) {
    case "Roles":
      return "<!-- - Incident lead: Kim -->";
    case "Action items":
      return "<!-- - no-duplicate-effects: owner: Kim; due: 2026-12-01\n- [x] Alert on lag; owner: Ash; due: 2026-12-08 -->";
    case "Went well":
    case "Went wrong":
    case "Got lucky":
    case "Notes":
      return "<!-- - one observation per line -->";
  }
}

/** Reads the side file; text outside list items and in comments is for its writers only. */
export function parseEdits(text: string): Edits {
  const lines: Record<EditSection, string[]> = {
    Roles: [],
    "Went well": [],
    "Went wrong": [],
    "Got lucky": [],
    "Action items": [],
    Notes: [],
  };
  const unknown: string[] = [];
  let section: EditSection | null = null;
  for (const line of text.replaceAll(/<!--[\s\S]*?-->/g, "").split(/\r?\n/)) {
    const heading = /^##\s+(.+?)\s*$/.exec(line)?.[1];
    const item = /^\s*[-*]\s+(.+?)\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = EDIT_SECTIONS.find((name) => name.toLowerCase() === heading.toLowerCase()) ?? null;
      if (section === null) unknown.push(heading);
    } else if (item !== undefined && section !== null) lines[section].push(item);
  }
  const parsed = lines["Action items"].map(parseAction);
  return {
    lines,
    assignments: new Map(parsed.flatMap(({ id, ...rest }) => (id === null ? [] : [[id, rest]]))),
    added: parsed.flatMap(({ id, ...rest }) => (id === null ? [rest] : [])),
    unknown,
  };
}

/** "no-duplicate-effects: owner: Kim; due: 2026-12-01" or "[x] anything; owner: Kim". */
function parseAction(line: string): Assignment & { readonly id: string | null } {
  const done = /^\[([ xX])\]\s*/.exec(line);
  const rest = done === null ? line : line.slice(done[0].length);
  const id = /^([a-z0-9]+(?:-[a-z0-9]+)+):\s*/.exec(rest);
  const body = id === null ? rest : rest.slice(id[0].length);
  const field = (name: string): string | null =>
    new RegExp(`(?:^|;)\\s*${name}:\\s*([^;]+)`, "i").exec(body)?.[1]?.trim() ?? null;
  const text = body
    .split(";")
    .filter((part) => !/^\s*(?:owner|due):/i.test(part))
    .join(";")
    .trim();
  return {
    id: id?.[1] ?? null,
    text,
    owner: field("owner"),
    due: field("due"),
    isDone: done?.[1]?.toLowerCase() === "x",
  };
}

/** What the facts say and what people added, side by side. */
export interface MergedItem {
  readonly text: string;
  readonly isByHand: boolean;
}

export function merged(
  facts: readonly string[],
  section: EditSection,
  edits: Edits | null,
): readonly MergedItem[] {
  return [
    ...facts.map((text) => ({ text, isByHand: false })),
    ...(edits?.lines[section] ?? []).map((text) => ({ text, isByHand: true })),
  ];
}

export interface MergedAction extends Assignment {
  readonly id: string | null;
}

/** Generated action items with their owners, then the added ones, then owners of items that are gone. */
export function mergedActions(
  generated: readonly { readonly id: string; readonly text: string }[],
  edits: Edits | null,
): readonly MergedAction[] {
  const ids = new Set(generated.map(({ id }) => id));
  const left = [...(edits?.assignments ?? [])].filter(([id]) => !ids.has(id));
  return [
    ...generated.map(({ id, text }) => {
      const assigned = edits?.assignments.get(id);
      const remark = assigned === undefined || assigned.text === "" ? "" : ` (${assigned.text})`;
      return {
        id,
        text: `${text}${remark}`,
        owner: assigned?.owner ?? null,
        due: assigned?.due ?? null,
        isDone: assigned?.isDone ?? false,
      };
    }),
    ...(edits?.added ?? []).map((item) => ({ ...item, id: null })),
    ...left.map(([id, item]) => ({
      ...item,
      id,
      text: `${id}: ${item.text || "kept from an earlier rendering"}`,
    })),
  ];
}
