import type { Outcome } from "../model/verdict.ts";
import type { Outcomes } from "../model/result.ts";
import { effectsFor, type Effect, type Evidence, type Expected } from "./evidence.ts";
import { isBehindCommittedOffset, presenceOf } from "./presence.ts";

/** Outcome of every business key, counted. */
export function outcomesOf(evidence: Evidence): Outcomes {
  const counts: Record<Outcome, number> = {
    once: 0,
    duplicated: 0,
    lost: 0,
    phantom: evidence.isCollected ? phantomsIn(evidence) : 0,
    torn: 0,
    recovered: 0,
    stalled: 0,
    indeterminate: 0,
  };
  for (const event of evidence.expected) counts[outcomeOf(evidence, event)] += 1;
  return { expected: evidence.expected.length, ...counts };
}

function phantomsIn({ strangers }: Evidence): number {
  return new Set(strangers.map(({ key, eventId, text }) => key ?? eventId ?? text)).size;
}

/** Outcome of one event over all its declared effects. */
export function outcomeOf(evidence: Evidence, event: Expected): Outcome {
  if (duplicateOf(evidence, event) !== null) return "duplicated";
  if (!evidence.isCollected) return "indeterminate";
  const { present, missing } = presenceOf(evidence, event);
  if (missing.length === 0) return event.isAcknowledged ? "once" : "recovered";
  if (present.length === 0) {
    return evidence.isDrained || isBehindCommittedOffset(evidence, event) ? "lost" : "stalled";
  }
  return evidence.isDrained ? "torn" : "indeterminate";
}

/** The first declared effect that is there more often than it may be; null where none is. */
export function duplicateOf(evidence: Evidence, event: Expected): readonly Effect[] | null {
  for (const declaration of evidence.header.effects) {
    if (declaration.kind === "record" && declaration.delivery === "at-least-once") continue;
    const found = effectsFor(evidence, event, declaration.id);
    if (found.length > 1) return found;
  }
  return null;
}
