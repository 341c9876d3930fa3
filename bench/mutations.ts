/**
 * How exactly the judge sees: every mutation on many generated histories, at a place picked by chance.
 * `npm run bench:mutations -- [histories] [seed]`; the last line is a summary, exit 1 when one is not exact.
 */
import { brokenIn } from "../harness/checker/calibrate-judge.ts";
import { judgeRun } from "../harness/checker/judge.ts";
import { mutations } from "../harness/checker/mutations.ts";
import {
  generatedHistory,
  RECORD_KINDS,
  type Recipe,
} from "../harness/simulation/generated-history.ts";
import { seededRandom } from "../harness/workload/random.ts";

const histories = Number(process.argv[2] ?? 500);
const seed = Number(process.argv[3] ?? 1);
const random = seededRandom(seed);
const upTo = (max: number): number => random.integer(0, max);
const list = <T>(length: number, make: () => T): readonly T[] => Array.from({ length }, make);

function recipe(): Recipe {
  return {
    instances: 1 + upTo(2),
    partitions: 1 + upTo(2),
    records: list(2 + upTo(6), () => ({
      kind: RECORD_KINDS[upTo(RECORD_KINDS.length - 1)] ?? "plain",
      partition: upTo(2),
      account: upTo(1),
    })),
    faultsMax: upTo(4),
    choices: list(250, () => upTo(6_000)),
    unanswered: list(upTo(2), () => upTo(7)),
    neverStored: upTo(1),
  };
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const startedAtMs = performance.now();
const rows = mutations.map(({ id, breaks, mutate }) => ({
  id,
  breaks,
  mutate,
  tried: 0,
  exact: 0,
}));
const others = new Map<string, number>();
let valid = 0;
for (let count = 0; count < histories; count += 1) {
  const history = generatedHistory(recipe());
  const before = judgeRun(history)[0];
  if (before?.verdict === "pass") valid += 1;
  for (const row of rows) {
    const changed = row.mutate(history, upTo(1_000));
    if (changed === null) continue;
    const after = judgeRun(changed)[0];
    const found = after === undefined ? [] : brokenIn(after).sort();
    row.tried += 1;
    const isExact = found.join() === [...row.breaks].sort().join();
    if (isExact) row.exact += 1;
    else {
      const name = `${row.id}: ${found.join(", ") || "nothing found"}`;
      others.set(name, (others.get(name) ?? 0) + 1);
    }
  }
}
for (const { id, breaks, tried, exact } of rows) {
  print(
    `${String(tried).padStart(6)} tried ${String(exact).padStart(6)} exact  ${id} -> ${breaks.join(", ")}`,
  );
}
for (const [name, count] of others) print(`  not exact, ${count} times: ${name}`);
const tried = rows.reduce((sum, row) => sum + row.tried, 0);
const exact = rows.reduce((sum, row) => sum + row.exact, 0);
const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
print(
  `mutations: ${valid} of ${histories} valid histories pass, ${exact} of ${tried} mutations found out exactly, ${seconds} s, seed ${seed}`,
);
process.exitCode = valid === histories && exact === tried ? 0 : 1;
