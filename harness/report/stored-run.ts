/** What report formats are written against; in the model, because custom reporters are as well. */
export type { ReportFormat, StoredRun } from "../model/reporter.ts";
