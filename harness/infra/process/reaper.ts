/**
 * Entry of the reaper process: `node reaper.ts <journal file>`, stdin is a pipe held by the harness.
 * The pipe closes when the harness is gone for whatever reason, `kill -9` included; then whatever
 * the journal still names is ended and removed. After an orderly stop the journal is gone already.
 */
import { rmSync } from "node:fs";
import { readJournal } from "./journal.ts";
import { reap } from "./reap.ts";

async function main(journalFile: string): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Outlives the terminal on purpose: it goes when the harness goes.
    });
  }
  process.stdin.resume();
  const closed = Promise.withResolvers<void>();
  process.stdin.once("end", () => closed.resolve());
  process.stdin.once("error", () => closed.resolve());
  await closed.promise;
  const content = readJournal(journalFile);
  if (content !== null) {
    await reap(content);
    rmSync(journalFile, { force: true });
  }
}

const journalFile = process.argv[2];
if (journalFile !== undefined) {
  await main(journalFile);
}
