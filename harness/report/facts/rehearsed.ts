import { duration } from "../numbers.ts";
import type { Recorded } from "./recorded.ts";
import type { ScenarioFacts } from "./scenario-facts.ts";

interface RehearsedFacts {
  /** What happens in production that this stands for; null in runs of earlier versions. */
  readonly story: string | null;
  /** Hypothesis as given / when / then where it is written so, who played, and targets. */
  readonly terms: readonly { readonly name: string; readonly text: string }[];
}

/** What a scenario set out to show, as its journal and result have it. */
export function rehearsedFacts({ result, evidence }: ScenarioFacts): RehearsedFacts {
  const header = evidence?.header;
  const term = (name: string, text: string): RehearsedFacts["terms"] => [{ name, text }];
  return {
    story: header?.story ?? null,
    terms: [
      ...givenWhenThen(result.hypothesis).flatMap(([name, text]) => term(name, text)),
      ...(evidence === null ? [] : term("Instances", instancesText(evidence))),
      ...(header === undefined
        ? []
        : [
            ...term(
              "Target",
              `drained within ${duration(header.limits.recoveryMsMax)} of the fault`,
            ),
            ...term("Counts as rehearsed when", exerciseText(header.exercise)),
          ]),
    ],
  };
}

function instancesText({ events }: Recorded): string {
  const spawned = events.flatMap((event) =>
    event.stream === "process" && event.kind === "spawned" ? [event.instance] : [],
  );
  return [...new Set(spawned)].sort().join(", ") || "none was started";
}

function exerciseText({
  eventsMin,
  redelivery,
  of,
}: {
  readonly eventsMin: number;
  readonly redelivery: string;
  readonly of?: string;
}): string {
  const forced =
    redelivery === "none"
      ? ""
      : `, and each fault ${of === undefined ? "" : `(${of}) `}forces a redelivery (${redelivery})`;
  return `at least ${eventsMin} events are handled${forced}`;
}

/** "Given a, when b, then c." in its three parts; anything else as one. */
function givenWhenThen(hypothesis: string): readonly (readonly [string, string])[] {
  const parts = /^given (.+?), when (.+?), then (.+?)\.?$/is.exec(hypothesis);
  if (parts === null) return [["Hypothesis", hypothesis]];
  const [, given = "", when = "", then = ""] = parts;
  return [
    ["Given", given],
    ["When", when],
    ["Then", then],
  ];
}
