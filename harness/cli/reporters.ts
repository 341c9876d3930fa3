import { randomBytes } from "node:crypto";
import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { ReportFormat, Reporter } from "../model/reporter.ts";
import { FORMATS } from "../report/formats.ts";
import { annotations, group, stepSummary } from "../report/github.ts";
import { inertLines } from "../report/sanitize.ts";
import { renderDetails } from "../report/terminal-scenario.ts";
import { reporterSchema } from "./schemas.ts";
import { readRehearsedRun } from "./rehearsed-run-reader.ts";
import { suggest } from "./suggest.ts";
import { terminalReporter } from "./terminal-reporter.ts";

/** What a list of reporters may hold: an id, the path of a module, or the thing itself. */
export type ReporterEntry = string | Reporter | ReportFormat;

export interface ReporterSetting {
  /** Paths of modules start here. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly isVerbose: boolean;
  /** Takes the lines that are no result: workflow commands. Stderr outside of tests. */
  readonly log: (line: string) => void;
}

/** A line on stderr. */
export function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Written for every run, if this version can; result.json always is. */
const USUAL_FORMATS = ["html", "md", "junit"];

/** Without a list: the terminal, the usual files, and GitHub where GitHub runs it. */
export function usualReporters(env: NodeJS.ProcessEnv): readonly string[] {
  const files = FORMATS.map(({ id }) => id).filter((id) => USUAL_FORMATS.includes(id));
  return ["terminal", ...files, ...(env["GITHUB_ACTIONS"] === "true" ? ["github"] : [])];
}

/** Loads what the list names. HarnessError("usage") for what is no reporter. */
export async function loadReporters(
  entries: readonly ReporterEntry[],
  setting: ReporterSetting,
): Promise<readonly Reporter[]> {
  return Promise.all(entries.map((entry) => loadReporter(entry, setting)));
}

async function loadReporter(entry: ReporterEntry, setting: ReporterSetting): Promise<Reporter> {
  if (typeof entry !== "string") return reporterOf(entry, "reporters");
  if (entry === "terminal") return terminalReporter(setting);
  if (entry === "github") return githubReporter(setting);
  const format = FORMATS.find(({ id }) => id === entry);
  if (format !== undefined) return ofFormat(format);
  if (entry.includes("/") || [".ts", ".js", ".mjs"].includes(extname(entry))) {
    const file = resolve(setting.folder, entry);
    return reporterOf(await exportOf(file), file);
  }
  const known = ["terminal", "github", ...FORMATS.map(({ id }) => id)];
  const message = `Unknown reporter "${entry}". ${suggest(entry, known)} A module's path has a "/" in it.`;
  throw new HarnessError("usage", message);
}

async function exportOf(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    return module["default"] ?? module["reporter"];
  } catch (cause) {
    throw new HarnessError("usage", `Cannot load reporter ${file}: ${messageOf(cause)}`, { cause });
  }
}

function reporterOf(value: unknown, from: string): Reporter {
  if (!reporterSchema.safeParse(value).success) {
    throw new HarnessError(
      "usage",
      `${from} is no reporter: export { id, onEvent?, onEnd? } or { id, file, render }, as default or as "reporter" (docs/reporters.md).`,
    );
  }
  const checked = value as Reporter | ReportFormat;
  return "render" in checked ? ofFormat(checked) : checked;
}

/** Half a report, on a disk that is full, would be taken for one. */
function writeWhole(file: string, content: string): void {
  const draft = `${file}.tmp`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

const RESERVED = ["result.json", "journal.ndjson"];

/** Writes the format's file into the run's folder. */
function ofFormat({ id, file, render }: ReportFormat): Reporter {
  return {
    id,
    onEnd: (run, { folder }) => {
      if (id === "json") return; // stored already, whatever else is
      if (RESERVED.includes(file)) throw new Error(`${file} is the evidence itself`);
      writeWhole(join(folder, file), render(run));
    },
  };
}

/** Annotations and groups in the log, the summary in $GITHUB_STEP_SUMMARY. */
function githubReporter({ env, log }: ReporterSetting): Reporter {
  return {
    id: "github",
    onEnd: ({ result }) => {
      const token = `gameday-${randomBytes(16).toString("hex")}`;
      const groups = result.scenarios
        .filter(({ verdict }) => verdict !== "pass")
        .flatMap((scenario) => {
          const lines = inertLines(renderDetails(scenario).join("\n"), 200).split("\n");
          return group(`${scenario.id}: ${scenario.verdict}`, lines, token);
        });
      for (const line of [...groups, ...annotations(result)]) log(line);
      const summary = env["GITHUB_STEP_SUMMARY"];
      if (summary !== undefined && summary !== "") appendFileSync(summary, stepSummary(result));
    },
  };
}

/** Tells reporters what happens, and keeps what goes wrong with them apart from the run. */
export class ReporterDesk {
  private readonly reporters: readonly Reporter[];
  private readonly failed = new Map<Reporter, string>();

  constructor(reporters: readonly Reporter[]) {
    this.reporters = reporters;
  }

  note(event: HistoryEvent): void {
    for (const reporter of this.reporters) {
      if (reporter.onEvent === undefined || this.failed.has(reporter)) continue;
      try {
        reporter.onEvent(event);
      } catch (error) {
        this.failed.set(reporter, messageOf(error));
      }
    }
  }

  /** Reads the stored run once and hands it to all; returns what failed, in words. */
  async end(folder: string, print: (line: string) => void): Promise<readonly string[]> {
    const run = readRehearsedRun(folder, { output: folder, against: undefined });
    for (const reporter of this.reporters) {
      try {
        await reporter.onEnd?.(run, { folder, print });
      } catch (error) {
        this.failed.set(reporter, messageOf(error));
      }
    }
    return [...this.failed].map(([{ id }, why]) => `reporter ${id} failed: ${why}`);
  }
}
