import { chaosToolkit } from "./chaos-toolkit.ts";
import { junit } from "./junit.ts";
import { renderHtml } from "./html/page.ts";
import { renderRehearsal } from "./markdown/rehearsal-md.ts";
import { renderMarkdown } from "./markdown/report-md.ts";
import type { ReportFormat } from "./stored-run.ts";

const html: ReportFormat = { id: "html", file: "report.html", render: renderHtml };

const markdown: ReportFormat = { id: "md", file: "report.md", render: renderMarkdown };

const rehearsal: ReportFormat = { id: "rehearsal", file: "rehearsal.md", render: renderRehearsal };

const json: ReportFormat = {
  id: "json",
  file: "result.json",
  render: ({ result }) => `${JSON.stringify(result, null, 2)}\n`,
};

/** Every way to write a run down, in the order in which `--help` names them. */
export const FORMATS: readonly ReportFormat[] = [
  html,
  markdown,
  rehearsal,
  json,
  junit,
  chaosToolkit,
];
