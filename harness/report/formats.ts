import { chaosToolkit } from "./chaos-toolkit.ts";
import { junit } from "./junit.ts";
import type { ReportFormat } from "./stored-run.ts";

const json: ReportFormat = {
  id: "json",
  file: "result.json",
  render: ({ result }) => `${JSON.stringify(result, null, 2)}\n`,
};

/** Every way to write a run down, in the order in which `--help` names them. */
export const FORMATS: readonly ReportFormat[] = [json, junit, chaosToolkit];
