/** Size and time of report.html and report.md for 500, 5,000 and 50,000 payments, a hundredth of them wrong. */
import { renderHtml } from "../harness/report/html/page.ts";
import { renderMarkdown } from "../harness/report/markdown/report-md.ts";
import { syntheticRun } from "../harness/report/testing/synthetic-run.ts";

const timed = (render: () => string): string => {
  const startedAt = performance.now();
  const bytes = Buffer.byteLength(render());
  return `${(bytes / 1000).toFixed(0).padStart(6)} kB ${(performance.now() - startedAt).toFixed(0).padStart(6)} ms`;
};

for (const payments of [500, 5_000, 50_000]) {
  const run = syntheticRun(payments, 100);
  process.stdout.write(
    `${String(payments).padStart(6)} payments ${String(run.events.length).padStart(7)} events   html ${timed(() => renderHtml(run))}   md ${timed(() => renderMarkdown(run))}\n`,
  );
}
