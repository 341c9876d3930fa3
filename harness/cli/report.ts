import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HarnessError, messageOf } from "../model/errors.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import { EDITS_FILE, EDITS_TEMPLATE } from "../report/edits.ts";
import { FORMATS } from "../report/formats.ts";
import type { RehearsedRun } from "../report/rehearsed-run.ts";
import type { ReportFormat } from "../report/stored-run.ts";
import { readRehearsedRun } from "./rehearsed-run-reader.ts";
import { suggest } from "./suggest.ts";

/** Renders a stored run again, in the formats asked for. Returns the exit code. */
export function report(
  folder: string,
  options: {
    readonly format: string;
    readonly output: string | undefined;
    /** The run to compare with; by default an earlier one kept beside it. */
    readonly against?: string | undefined;
    readonly print: (line: string) => void;
  },
): number {
  const formats = formatsNamed(options.format);
  const output = options.output ?? folder;
  const run = readRehearsedRun(folder, { output, against: options.against });
  const files = writeReports(run, { formats, folder: output });
  if (run.edits === undefined && formats.some(({ id }) => id === "rehearsal")) {
    writeFileSync(join(output, EDITS_FILE), EDITS_TEMPLATE, { flag: "wx" });
    files.push(join(output, EDITS_FILE));
  }
  for (const file of files) options.print(file);
  return EXIT_CODES.pass;
}

/** Writes each format's file into the folder; returns the paths. */
function writeReports(
  run: RehearsedRun,
  to: { readonly formats: readonly ReportFormat[]; readonly folder: string },
): string[] {
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
function formatsNamed(list: string): readonly ReportFormat[] {
  const names = list.split(",").map((name) => name.trim());
  return names.map((name) => {
    const format = FORMATS.find(({ id }) => id === name);
    if (format !== undefined) return format;
    const ids = FORMATS.map(({ id }) => id);
    const message = `Unknown format "${name}". ${suggest(name, ids)}`;
    throw new HarnessError("usage", message);
  });
}
