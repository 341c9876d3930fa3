import type { FaultEvent } from "../../model/history.ts";
import type { FaultFact } from "../facts/faults.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import { count, counted, offsetFrom } from "../numbers.ts";
import { chip, code, el, list, table, type Child } from "./el.ts";

/** What the faults touched, and the proof that nothing of it is left. */
export function blastRadius({ result, evidence, faults }: ScenarioFacts): readonly Child[] {
  if (evidence === null) return [];
  const victims = [
    ...new Set(
      faults.flatMap(({ firedAtMs, victim }) => (firedAtMs === null ? [] : (victim ?? []))),
    ),
  ];
  const instances = new Set(evidence.processes.map(({ instance }) => instance));
  const struck = faults.filter(({ firedAtMs }) => firedAtMs !== null);
  const again = result.rates?.eventsDeliveredAgain ?? 0;
  const pids = new Set(evidence.processes.map(({ pid }) => pid));
  const gone = new Set(
    evidence.processes.filter(({ kind }) => kind === "exited").map(({ pid }) => pid),
  );
  const healed = struck.filter(({ isHealed }) => isHealed).length;
  return [
    list([
      victims.length === 0
        ? "No instance was struck."
        : `Struck: ${victims.join(", ")}, of ${counted(instances.size, "instance")}.`,
      `${counted(again, "event")} of ${count(result.outcomes.expected)} came again.`,
      ...(result.zombies === undefined
        ? []
        : [
            `${counted(result.zombies.length, "act")} of an instance that no longer owned its partition.`,
          ]),
    ]),
    el("h4", null, "Cleanup"),
    list([
      struck.length === 0
        ? "No fault struck, so none had to be ended."
        : el(
            "span",
            null,
            chip(
              healed === struck.length ? "good" : "bad",
              `${count(healed)} of ${count(struck.length)}`,
            ),
            " faults ended, with proof that the end took hold.",
          ),
      el(
        "span",
        null,
        chip(
          gone.size === pids.size ? "good" : "warn",
          `${count(gone.size)} of ${count(pids.size)}`,
        ),
        " processes of the subject seen to be gone at the end.",
      ),
    ]),
  ];
}

/** Planned against really injected, with the evidence that it bit, and what the verdict rests on. */
export function faultLog(facts: ScenarioFacts): readonly Child[] {
  const { result, faults } = facts;
  return [
    result.faults.length === 0 ? el("p", null, "No fault was planned: this is a control.") : null,
    ...(faults.length > 0
      ? faults.map((fault) => oneFault(fault, facts))
      : result.faults.map(({ id, trigger, evidence }) =>
          el(
            "p",
            null,
            code(id),
            ` at ${trigger}: `,
            evidence === null ? chip("warn", "never fired") : evidence,
          ),
        )),
    result.exercised.redelivered.length === 0
      ? null
      : el("div", null, el("h4", null, "Forced to come again"), list(result.exercised.redelivered)),
    result.exercised.missing.length === 0
      ? null
      : el(
          "div",
          null,
          el("h4", null, "Not exercised"),
          list(
            result.exercised.missing.map((text) =>
              el("span", null, chip("warn", "missing"), ` ${text}`),
            ),
          ),
        ),
    el("h4", null, "What the verdict rests on"),
    table(
      { caption: `Assumptions of ${result.id}`, columns: ["Assumption", "Holds", "Evidence"] },
      result.assumptions.map(({ name, holds, detail }) => [
        name,
        holds === true
          ? chip("good", "yes")
          : holds === false
            ? chip("bad", "no")
            : chip("warn", "unknown"),
        detail,
      ]),
    ),
    ...unread(facts),
  ];
}

function oneFault(fault: FaultFact, { result }: ScenarioFacts): Child {
  const { label, id, kind, trigger, moments, firedAtMs } = fault;
  const met = result.faults.find((candidate) => candidate.id === id)?.evidence ?? null;
  return el(
    "div",
    { class: "fault" },
    el("h4", null, `${label} `, code(kind), ` at ${trigger}`),
    firedAtMs === null
      ? el("p", null, chip("warn", "never fired"), " Nothing was injected.")
      : el(
          "p",
          null,
          chip("good", "fired"),
          ` It met ${met ?? "a frame that could not be attributed"}.`,
        ),
    moments.length === 0
      ? null
      : table(
          {
            caption: `Moments of ${label}`,
            columns: ["Moment", "When", "Evidence", "Journal"],
            numeric: [1],
          },
          moments.map(({ moment, atMs, detail, seq }): readonly Child[] => [
            MOMENT_WORDS[moment],
            firedAtMs === null ? `${Math.round(atMs)} ms` : offsetFrom(atMs - firedAtMs),
            detail,
            `seq ${seq}`,
          ]),
        ),
  );
}

const MOMENT_WORDS: Readonly<Record<FaultEvent["moment"], string>> = {
  planned: "planned",
  armed: "armed",
  fired: "struck",
  confirmed: "took hold, confirmed",
  failed: "failed",
  healed: "ended",
  "heal-verified": "end verified",
};

function unread({ result }: ScenarioFacts): readonly Child[] {
  const names = Object.entries(result.unread ?? {});
  if (names.length === 0) return [];
  return [
    el("h4", null, "Relayed without being understood"),
    list(names.map(([name, frames]) => `${name}: ${counted(frames, "frame")}`)),
  ];
}

/** Guarantees that broke or could not be judged, one by one; those that held by name. */
export function guarantees({ result, slug }: ScenarioFacts): readonly Child[] {
  const held = result.guarantees.filter(({ violated }) => violated === false);
  const rest = result.guarantees.filter(({ violated }) => violated !== false);
  return [
    rest.length === 0
      ? null
      : table(
          {
            caption: `Guarantees of ${result.id}`,
            columns: ["Guarantee", "In this run", "What was found"],
          },
          rest.map(({ id, violated, reason, findings }): readonly Child[] => [
            id,
            violated === true ? chip("bad", "broken") : chip("warn", "not judged"),
            violated === null
              ? (reason ?? "reason unknown")
              : el("a", { href: `#${slug}-anomalies` }, counted(findings.length, "finding")),
          ]),
        ),
    held.length === 0
      ? null
      : el(
          "details",
          { open: held.length <= 6 },
          el(
            "summary",
            null,
            `${count(held.length)} of ${counted(result.guarantees.length, "guarantee")} held in this run`,
          ),
          list(held.map(({ id }) => id)),
        ),
  ];
}
