import { h, type VNode } from "preact";
import { inert } from "../inert.ts";
import { count } from "../numbers.ts";

export type Child = VNode | string | number | null | readonly Child[];
type Props = Readonly<Record<string, string | number | boolean | undefined>>;

/** Shorter cells are kept on one line. */
const SHORT_CHARS_MAX = 16;
/** Attributes made of numbers by ourselves, which may be long. */
const GEOMETRY = new Set(["d", "points"]);

/**
 * The only way this report makes an element: every text and attribute is made inert, and preact
 * escapes it. Nothing that comes from evidence can be markup, or change how the text around it reads.
 */
export function el(tag: string, props: Props | null, ...children: readonly Child[]): VNode {
  return h(tag, safeProps(props ?? {}), ...children.map(safeChild));
}

function safeProps(props: Props): Record<string, string | number | boolean | undefined> {
  return Object.fromEntries(
    Object.entries(props).map(([name, value]) => [
      name,
      typeof value === "string" && !GEOMETRY.has(name) ? inert(value) : value,
    ]),
  );
}

function safeChild(
  child: Child,
): VNode | string | number | null | (VNode | string | number | null)[] {
  if (typeof child === "string") return inert(child);
  if (child === null || typeof child === "number" || !isList(child)) return child;
  return child.flatMap(safeChild);
}

function isList(child: VNode | readonly Child[]): child is readonly Child[] {
  return Array.isArray(child);
}

/** A section of the report with its number in the order of the document. */
export interface Part {
  readonly id: string;
  readonly title: string;
  readonly body: readonly Child[];
}

/** A table with a caption for screen readers; numeric columns are named by index. */
export function table(
  head: {
    readonly caption: string;
    readonly columns: readonly string[];
    readonly numeric?: readonly number[];
  },
  rows: readonly (readonly Child[])[],
): VNode {
  const classOf = (index: number, cell: Child = ""): Props => {
    const isShort = typeof cell === "string" && cell.length <= SHORT_CHARS_MAX;
    const names = [
      ...(head.numeric?.includes(index) === true ? ["num"] : []),
      ...(isShort ? ["short"] : []),
    ];
    return names.length === 0 ? {} : { class: names.join(" ") };
  };
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "group", "aria-label": head.caption },
    el(
      "table",
      null,
      el("caption", { class: "sr" }, head.caption),
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          head.columns.map((name, index) => el("th", { scope: "col", ...classOf(index) }, name)),
        ),
      ),
      el(
        "tbody",
        null,
        rows.map((cells) =>
          el(
            "tr",
            null,
            cells.map((cell, index) =>
              index === 0
                ? el("th", { scope: "row", ...classOf(0, cell) }, cell)
                : el("td", classOf(index, cell), cell),
            ),
          ),
        ),
      ),
    ),
  );
}

export function code(text: string): VNode {
  return el("code", null, text);
}

export function list(items: readonly Child[], name = "ul"): VNode {
  return el(
    name,
    null,
    items.map((item) => el("li", null, item)),
  );
}

/** A word with a coloured mark before it; the word alone says the same. */
export function chip(tone: "good" | "bad" | "warn" | "mute", text: string): VNode {
  const mark = { good: "✓", bad: "✕", warn: "!", mute: "–" }[tone];
  return el(
    "span",
    { class: `chip ${tone}` },
    el("span", { "aria-hidden": "true" }, `${mark} `),
    text,
  );
}

/** Says what a list left out; null when nothing. */
export function leftOut(shown: number, total: number, what: string): VNode | null {
  return shown >= total
    ? null
    : el(
        "p",
        { class: "note" },
        `${count(shown)} of ${count(total)} ${what} shown; the journal holds all.`,
      );
}
