import type { Scenario } from "../harness/index.ts";
import type { StoredCalibration } from "./stored-calibration.ts";

const AGAIN: Readonly<Record<Scenario["exercise"]["redelivery"], string>> = {
  none: "the fault's own evidence",
  "in-flight-record": "that very offset, delivered to another instance",
  "in-flight-record-again": "that very offset, delivered again",
  call: "the API called or asked again for that payment",
  publish: "the event published again",
  "produce-again": "the event sent to the broker again",
  "commit-again": "that offset commit sent again, and accepted",
  copy: "what was sent twice, delivered twice",
  "output-record": "the published record, delivered again",
  "earlier-records": "every record delivered before, delivered again",
};

/** The catalogue as Markdown: one row for each scenario, one for each known-broken twin. */
export function cataloguePage(
  scenarios: readonly Scenario[],
  calibration: StoredCalibration,
): string {
  return [
    "# Scenarios",
    "",
    "Generated from the scenario files and `calibration.json`: `npx vitest run --project unit scenarios -u`",
    "writes it again. `gameday plan <id>` prints one with its keys; `gameday run <id> --disarm` shows that",
    "it proves nothing without its fault.",
    "",
    "| scenario | rehearses | faults, and where | must be seen for a pass |",
    "| --- | --- | --- | --- |",
    ...scenarios.map(
      (scenario) =>
        `| \`${scenario.id}\` | ${scenario.title} | ${faultsOf(scenario)} | ${seenOf(scenario)} |`,
    ),
    "",
    "## What catches what",
    "",
    "Each variant of the reference service has one thing wrong. Found by `gameday calibrate` on " +
      `${calibration.date}, gameday`,
    `${calibration.gamedayVersion}, seed ${calibration.seed}: ${exactlyCaught(calibration)}; the careful service: ${calibration.verdict ?? "not asked"}.`,
    "`npm run calibration` asks again; `catalogue.gameday.test.ts` requires these guarantees, those that may",
    "break as well, and no other. Defects of the protocol are found in memory first: `gameday calibrate --model`.",
    "",
    "| variant | scenario | found broken | must be | may be as well |",
    "| --- | --- | --- | --- | --- |",
    ...calibration.pairs.map(
      ({ variant, scenario, found, expected, also }) =>
        `| \`${variant}\` | \`${scenario}\` | ${named(found)} | ${named(expected)} | ${named(also)} |`,
    ),
    "",
  ].join("\n");
}

function exactlyCaught({ pairs }: StoredCalibration): string {
  const byVariant = Map.groupBy(pairs, ({ variant }) => variant);
  const exact = [...byVariant.values()].filter((each) => each.every((pair) => pair.exact));
  return `${exact.length} of ${byVariant.size} variants are caught by exactly what they break`;
}

function named(guarantees: readonly string[]): string {
  return guarantees.map((name) => `\`${name}\``).join(", ");
}

function seenOf({ exercise }: Scenario): string {
  const zombie = exercise.zombie === true ? ["the victim back as a zombie"] : [];
  const purged = exercise.purged === true ? ["older dedup rows deleted before"] : [];
  const { since } = exercise;
  const later = since === undefined ? [] : [`not before \`${since}\``];
  return [AGAIN[exercise.redelivery], ...zombie, ...purged, ...later].join("; ");
}

function faultsOf({ faults, eviction }: Scenario): string {
  if (faults.length === 0) return "none: the control";
  // Faults that differ only in the payment they wait for are told together.
  const alike = Map.groupBy(
    faults,
    ({ fault, at, heldFrame }) => `${fault} at \`${at.boundary}\`|${heldFrame}`,
  );
  const each = [...alike].map(([name, group]) => {
    const intents = group.flatMap(({ at }) => at.match?.intent ?? []);
    const nth = intents.length === 0 ? "" : ` of payment ${intents.join(", ")}`;
    return name.replace("|", `${nth}, frame: `);
  });
  const slow = eviction === "session-timeout" ? ["true session timeout"] : [];
  return [...each, ...slow].join("; ");
}
