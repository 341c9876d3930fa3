import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HarnessError, messageOf } from "../model/errors.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { FORMATS } from "../report/formats.ts";
import type { ReportFormat, StoredRun } from "../report/stored-run.ts";
import { readStoredRun } from "./stored-run-reader.ts";
import { suggest } from "./suggest.ts";

/** Renders a stored run again, in the formats asked for. Returns the exit code. */
export function report(
  folder: string,
  options: {
    readonly format: string;
    readonly output: string | undefined;
    readonly print: (line: string) => void;
  },
): number {
  const formats = formatsNamed(options.format);
  const run = readStoredRun(folder);
  for (const file of writeReports(run, { formats, folder: options.output ?? folder })) {
    options.print(file);
  }
  return EXIT_CODES.pass;
}

/** Writes each format's file into the folder; returns the paths. */
export function writeReports(
  run: StoredRun,
  to: { readonly formats: readonly ReportFormat[]; readonly folder: string },
): readonly string[] {
  return to.formats.map(({ file, render }) => {
    const path = join(to.folder, file);
    const text = render(run);
    try {
      mkdirSync(to.folder, { recursive: true });
      writeFileSync(path, text);
    } catch (cause) {
      const message = `Cannot write ${path}: ${messageOf(cause)}. Choose another folder with --output.`;
      throw new HarnessError("usage", message, { cause });
    }
    return path;
  });
}

/** "html,md" → formats. HarnessError("usage") for a name that is none. */
export function formatsNamed(list: string): readonly ReportFormat[] {
  const names = list.split(",").map((name) => name.trim());
  return names.map((name) => {
    const format = FORMATS.find(({ id }) => id === name);
    if (format !== undefined) return format;
    const ids = FORMATS.map(({ id }) => id);
    const message = `Unknown format "${name}". ${suggest(name, ids)}`;
    throw new HarnessError("usage", message);
  });
}
