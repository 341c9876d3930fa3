import { readFileSync } from "node:fs";
import { HarnessError } from "../model/errors.ts";
import { GUARANTEES } from "../model/guarantee.ts";
import { ASSUMPTIONS } from "../model/history.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { suggest } from "./suggest.ts";

/** Prints what a guarantee means, from docs/guarantees.md. Returns the exit code. */
export function explain(name: string, print: (line: string) => void): number {
  const text = sectionOf(name, guaranteesPage());
  if (text === null) {
    const known = [...GUARANTEES, ...ASSUMPTIONS];
    throw new HarnessError("usage", `Unknown guarantee "${name}". ${suggest(name, known)}`);
  }
  print(text);
  return EXIT_CODES.pass;
}

/** The section under a heading of this name; for an assumption, the paragraph about all of them. */
export function sectionOf(name: string, page: string): string | null {
  const sections = page.split(/^(?=#{1,2} )/m);
  const found = sections.find((section) => section.startsWith(`## ${name}\n`));
  if (found !== undefined) return found.trim();
  if (!ASSUMPTIONS.some((assumption) => assumption === name)) return null;
  return sections.find((section) => section.startsWith("# Assumptions"))?.trim() ?? null;
}

function guaranteesPage(): string {
  const depth = import.meta.url.endsWith(".js") ? "../../.." : "../..";
  return readFileSync(new URL(`${depth}/docs/guarantees.md`, import.meta.url), "utf8");
}
