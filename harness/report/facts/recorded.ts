import { effectsFor, type Effect, type Evidence, type Stamped } from "../../checker/evidence.ts";
import { Intake } from "../../checker/intake.ts";
import { outcomeOf } from "../../checker/outcomes.ts";
import { Story } from "../../checker/story.ts";
import type { StoryLine } from "../../model/guarantee.ts";
import type { EffectEvent, HistoryEvent, WireEvent } from "../../model/history.ts";
import type { Outcome } from "../../model/verdict.ts";

type Expected = Evidence["expected"][number];

/** The history of one scenario as reports need it: the judge's index, and the events behind it. */
export interface Recorded extends Omit<Evidence, "wires" | "changes"> {
  readonly events: readonly HistoryEvent[];
  readonly wires: readonly Stamped<WireEvent>[];
  readonly changes: readonly Stamped<EffectEvent>[];
  /** What the judge was given. */
  readonly judged: Evidence;
  /** False when the run was cut short before its ledgers were read. */
  readonly isCollected: boolean;
}

/** Null when the events have no header: they say nothing that could be told. */
export function recordedOf(events: readonly HistoryEvent[]): Recorded | null {
  const intake = new Intake();
  for (const event of events) intake.see(event);
  const judged = intake.evidence();
  if (judged === null) return null;
  return {
    ...judged,
    events,
    judged,
    wires: events.filter((event) => event.stream === "wire"),
    changes: events.filter((event) => event.stream === "effect"),
    isCollected: events.some((event) => event.stream === "phase" && event.phase === "down"),
  };
}

/** Without ledgers no outcome is known. */
export function outcomeIn({ judged, isCollected }: Recorded, event: Expected): Outcome {
  return isCollected ? outcomeOf(judged, event) : "indeterminate";
}

export function effectsIn(recorded: Recorded, event: Expected, id: string): readonly Effect[] {
  return effectsFor(recorded.judged, event, id);
}

/** The lines of one key's story, as the judge tells them, up to a limit. */
export function linesOf(recorded: Recorded, key: string, linesMax: number): readonly StoryLine[] {
  const story = new Story(recorded.judged, key, linesMax);
  for (const event of recorded.events) story.see(event);
  return story.lines;
}
