/** One measurement in a process of its own: `judge-once.ts judge|floor <journal>` prints a line of JSON. */
import { createReadStream } from "node:fs";
import { RunJudge } from "../harness/checker/judge.ts";
import { passJournal } from "../harness/journal/journal-file.ts";

const [how = "", file = ""] = process.argv.slice(2);
const beganAtMs = performance.now();
const before = process.cpuUsage();
const found = how === "floor" ? await floor() : await judge();
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
async function floor() {
  let events = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      JSON.parse(bytes.toString("utf8", start, end));
      events += 1;
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  return { events };
}
