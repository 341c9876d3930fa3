import { expect, test } from "vitest";
import { HOSTILE, SAVED_RUNS, savedRun, withKey } from "../testing/saved-runs.ts";
import { md, mono } from "./md.ts";
import { renderRehearsal } from "./rehearsal-md.ts";
import { renderMarkdown } from "./report-md.ts";

const GITHUB_COMMENT_CHARS_MAX = 65_536;
const violated = savedRun("no-duplicate-effects");

test.each(SAVED_RUNS)(
  "report.md of the saved run %s fits a comment and is the same each time",
  (name) => {
    const run = savedRun(name);
    const text = renderMarkdown(run);
    expect(text.length).toBeLessThan(GITHUB_COMMENT_CHARS_MAX);
    expect(text.match(/undefined|NaN|\[object Object\]/)).toBeNull();
    expect(renderMarkdown(run)).toBe(text);
  },
);

test.each([
  ["<b>&", "&lt;b&gt;&amp;"],
  ["*a* _b_ `c`", String.raw`\*a\* \_b\_ \`c\``],
  ["[x](y) ![z](w)", String.raw`\[x\](y) \!\[z\](w)`],
  ["a|b", String.raw`a\|b`],
  ["mail @kim, see #12", String.raw`mail &#64;kim, see \#12`],
  ["http://example.com", "http&#58;//example.com"],
  ["- item", String.raw`\- item`],
  ["a\u001b[0m\u0000", String.raw`a␛\[0m␀`],
])("%j is shown as it is", (text, expected) => {
  expect(md(text)).toBe(expected);
});

test("code style is kept for names that cannot break it", () => {
  expect(mono("pay-1")).toBe("`pay-1`");
  expect(mono("a`b")).toBe(String.raw`a\`b`);
  expect(mono("a|b")).toBe(String.raw`a\|b`);
});

test.each(HOSTILE.map((text) => [JSON.stringify(text.slice(0, 40)), text] as const))(
  "hostile text %s changes no structure of the documents",
  { timeout: 30_000 },
  (_, hostile) => {
    const run = withKey(violated, "pay-000020-a1d86eb7", hostile);
    for (const render of [renderMarkdown, renderRehearsal]) {
      const text = render(run);
      const outside = text.replaceAll(/`[^`\n]*`/g, "");
      expect(outside.match(/<[a-z!/]/i)).toBeNull();
      expect(outside.match(/(?<!\\)\]\(|https?:\/\/|@/)).toBeNull();
      expect(text.replaceAll("\n", "").match(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)).toBeNull();
      const headings = (document: string): number => document.match(/^#+ /gm)?.length ?? 0;
      expect(headings(text)).toBe(headings(render(violated)));
      expect(text.length).toBeLessThan(GITHUB_COMMENT_CHARS_MAX);
    }
  },
);
