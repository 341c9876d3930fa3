/**
 * How long the judge takes from a journal to its verdict, and how much memory, as histories grow. Beside
 * it, in the same run and over the same bytes: the floor (reading and JSON.parse), and Porcupine, a
 * linearizability checker, where Go is there. Each measurement is a process of its own. The CPU time is
 * printed too: on a machine that others use, it is the one to compare. Sizes may be named:
 * `npm run bench:judge -- 10000 10000000`; 10,000,000 events need 3 GB of disk, and a round.
 *
 * What is measured: in a fresh process, from opening the file to the verdict, with nothing compiled or
 * warmed up before. Not in it: starting node and loading the modules, which no history changes; that is
 * the difference to `all ms`, the life of the whole process.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EVENTS_PER_PAYMENT, writeHistory } from "./histories.ts";

const ROUNDS = 3;
/** Beyond this one round says enough. */
const LARGE = 5_000_000;
const BYTES_PER_EVENT = 340;
const DOUBLED = 4;
const AIM = { ms: 2_500, rssMb: 600, smallMs: 60 };
const here = fileURLToPath(new URL(".", import.meta.url));
interface Before {
  readonly cpuMs: number;
  readonly rssMb: number;
}
const { what: before, sizes: baseline } = JSON.parse(
  readFileSync(join(here, "judge.baseline.json"), "utf8"),
) as { readonly what: string; readonly sizes: Readonly<Record<string, Before>> };

const SEES = `what each sees: Porcupine, given one register for each payment, sees doubled and lost rows whatever the order of
  the wires; it does not see torn outcomes, doubled API calls, idempotency keys, the outbox, money, offsets ahead of
  effects, order per key, zombies, or whether the fault fired at all; it looks at deliveries, COMMIT and ledger rows only.
  The judge sees those; it does not search for an order of concurrent operations on one key, as Porcupine does: an
  anomaly that needs such a search (two registers, reads by clients) is beyond it. Elle (elle:elle) is on Clojars,
  not on Maven Central, and could not be had here.`;

interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  /** The life of the process, with its start. */
  readonly allMs?: number;
  readonly duplicated?: number;
  readonly illegal?: number;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), "gameday-bench-judge-"));
const sizes = process.argv.slice(2).map(Number);
const porcupine = builtPorcupine();
const summary: string[] = [];

print("events     MB      what       wall ms  cpu ms  RSS MB  all ms  found");
for (const size of sizes.length > 0 ? sizes : [10_000, 100_000, 1_000_000]) measure(size);
rmSync(folder, { recursive: true, force: true });
print(SEES);
print(`bench:judge ${summary.join("; ")}`);

function measure(size: number): void {
  const file = join(folder, `${size}.ndjson`);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < 2 * size * BYTES_PER_EVENT)
    return print(`${size} events: not measured, too little room in ${folder}`);
  const payments = Math.ceil(size / EVENTS_PER_PAYMENT);
  const events = writeHistory(file, { payments, seed: 1, doubled: DOUBLED });
  const megabytes = statSync(file).size / 1e6;
  const rounds = size > LARGE ? 1 : ROUNDS;
  const row = (what: string, { ms, cpuMs, rssMb, allMs }: Measured, found: string): void =>
    print(
      `${String(events).padEnd(10)} ${megabytes.toFixed(0).padEnd(7)} ${what.padEnd(10)} ${String(ms).padStart(7)} ${String(cpuMs).padStart(7)} ${String(rssMb).padStart(7)} ${String(allMs ?? "").padStart(7)}  ${found}`,
    );
  const judged = best(rounds, () => once("judge", file));
  const floor = best(rounds, () => once("floor", file));
  row("judge", judged, `${judged.duplicated} payments doubled`);
  row("floor", floor, "nothing: read + JSON.parse");
  if (porcupine !== null && size <= LARGE) {
    const peer = best(rounds, () => byPorcupine(porcupine, file));
    row("porcupine", peer, `${peer.illegal} payments not linearizable`);
  }
  const old = baseline[String(size)];
  if (old !== undefined)
    print(
      `${" ".repeat(18)} before     ${" ".repeat(7)} ${String(old.cpuMs).padStart(7)} ${String(old.rssMb).padStart(7)}  (${before})`,
    );
  summary.push(
    `${events} events: ${judged.ms} ms (cpu ${judged.cpuMs}), ${judged.rssMb} MB, ${(judged.cpuMs / floor.cpuMs).toFixed(1)} x the floor${aimOf(size, judged)}`,
  );
  rmSync(file);
}

function aimOf(size: number, { ms, rssMb }: Measured): string {
  const isMet = (met: boolean): string => (met ? "met" : "missed");
  if (size === 10_000) return `, aim ${AIM.smallMs} ms ${isMet(ms <= AIM.smallMs)}`;
  if (size !== 1_000_000) return "";
  const met = isMet(ms <= AIM.ms && rssMb <= AIM.rssMb);
  return `, aim ${AIM.ms} ms and ${AIM.rssMb} MB ${met}`;
}

/** The round that others disturbed least. */
function best(rounds: number, run: () => Measured): Measured {
  return Array.from({ length: rounds }, run).reduce((least, each) =>
    each.ms < least.ms ? each : least,
  );
}

function once(how: "judge" | "floor", file: string): Measured {
  const script = join(here, "judge-once.ts");
  const beganAtMs = performance.now();
  const said = execFileSync(process.execPath, [script, how, file], { encoding: "utf8" });
  const allMs = Math.round(performance.now() - beganAtMs);
  return { ...(JSON.parse(said) as Measured), allMs };
}

function byPorcupine(program: string, file: string): Measured {
  const said = JSON.parse(execFileSync(program, [file], { encoding: "utf8" })) as {
    readonly readMs: number;
    readonly checkMs: number;
    readonly cpuMs: number;
    readonly rssMb: number;
    readonly illegal: number;
  };
  return { ...said, ms: said.readMs + said.checkMs };
}

/** Null, and said, where it cannot be built: then there is no peer to compare with. */
function builtPorcupine(): string | null {
  const program = join(folder, "porcupine");
  try {
    execFileSync("go", ["build", "-o", program, "."], {
      cwd: join(here, "porcupine"),
      stdio: "pipe",
    });
    return program;
  } catch (error) {
    print(`no peer: Porcupine could not be built (${String(error).split("\n")[0]})`);
    return null;
  }
}
