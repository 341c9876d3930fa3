/** One measurement in a process of its own: `judge-once.ts judge|floor <journal>` prints a line of JSON. */
import { readFileSync } from "node:fs";
import { RunJudge } from "../harness/checker/judge.ts";
import { passJournal } from "../harness/journal/journal-file.ts";

const [how = "", file = ""] = process.argv.slice(2);
const beganAtMs = performance.now();
const before = process.cpuUsage();
const found = how === "floor" ? floor() : await judge();
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  `${JSON.stringify({
    ms: Math.round(performance.now() - beganAtMs),
    cpuMs: Math.round((user + system) / 1_000),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    ...found,
  })}\n`,
);

/** From the file to verdicts. */
async function judge() {
  const run = new RunJudge();
  const { lines } = await passJournal(file, (event) => run.see(event));
  const [result] = run.conclude().results();
  return { events: lines, verdict: result?.verdict, duplicated: result?.outcomes.duplicated };
}

/** What reading and JSON.parse cost alone, keeping nothing. */
function floor() {
  const bytes = readFileSync(file);
  let events = 0;
  for (let start = 0; start < bytes.length; events += 1) {
    const end = bytes.indexOf(10, start);
    JSON.parse(bytes.toString("utf8", start, end));
    start = end + 1;
  }
  return { events };
}
