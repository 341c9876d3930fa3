import { messageOf } from "../model/errors.ts";
import type { Finding, GuaranteeId, GuaranteeResult } from "../model/guarantee.ts";
import type { FaultResult, ScenarioResult } from "../model/result.ts";
import { baseIdOf } from "../model/repeats.ts";
import type { RunHeader } from "../model/run-header.ts";
import type { Verdict } from "../model/verdict.ts";
import { assumptionsOf } from "./assumptions.ts";
import type { Breach, Checker, CheckOutcome } from "./check.ts";
import { placeText, type Evidence } from "./evidence.ts";
import { CUT_SHORT, exercisedOf } from "./exercised.ts";
import { outcomesOf } from "./outcomes.ts";
import { ratesOf } from "./rates.ts";
import { recoveryOf } from "./recovery.ts";
import { zombiesOf } from "./zombies.ts";

/** Findings of a guarantee beyond these are only counted. */
export const FINDINGS_MAX = 20;
const ZOMBIE_ACTS_MAX = 50;

/** Judges one scenario run. Findings are without their stories. */
export function judgeScenario(evidence: Evidence, by: readonly Checker[]): ScenarioResult {
  const { header } = evidence;
  const assumptions = assumptionsOf(evidence);
  const exercised = exercisedOf(evidence);
  const guarantees = header.guarantees.map((id) => resultOf(evidence, id, by));
  const isSound =
    exercised.missing.length === 0 && assumptions.every(({ holds }) => holds === true);
  return {
    id: header.id,
    title: header.title,
    variant: header.variant,
    verdict: verdictOf(guarantees, isSound),
    hypothesis: header.hypothesis,
    durationMs: evidence.lastAtMs - evidence.firstAtMs,
    seed: header.seed,
    faults: header.faults.map(({ id, trigger }) => faultResult(evidence, id, trigger)),
    exercised,
    assumptions,
    outcomes: outcomesOf(evidence),
    guarantees,
    recovery: recoveryOf(evidence),
    rates: ratesOf(evidence),
    ...extrasOf(evidence),
    reproduce: reproduce(header),
  };
}

/** Parts that only some scenarios have. */
function extrasOf(
  evidence: Evidence,
): Pick<ScenarioResult, "redeploy" | "redeployKeys" | "zombies" | "unread" | "relayed"> {
  const zombies = zombiesOf(evidence)
    .slice(0, ZOMBIE_ACTS_MAX)
    .map(({ instance, act, key, atMs, outcome }) => ({ instance, act, key, atMs, outcome }));
  const { keyChanges } = evidence.changes;
  const isRedeployed = evidence.header.faults.some(({ fault }) => fault === "redeploy");
  return {
    ...(isRedeployed
      ? { redeploy: keyChanges.differences(), redeployKeys: keyChanges.comparisons() }
      : {}),
    ...(zombies.length > 0 ? { zombies } : {}),
    ...(evidence.unread.size > 0 ? { unread: Object.fromEntries(evidence.unread) } : {}),
    ...(evidence.relayed.size > 0 ? { relayed: Object.fromEntries(evidence.relayed) } : {}),
  };
}

/** A violation stands whatever else is unknown; unknown is never rounded to pass. */
export function verdictOf(guarantees: readonly GuaranteeResult[], isSound: boolean): Verdict {
  if (guarantees.some(({ violated }) => violated === true)) return "violated";
  const isKnown = guarantees.length > 0 && guarantees.every(({ violated }) => violated === false);
  return isKnown && isSound ? "pass" : "inconclusive";
}

function resultOf(evidence: Evidence, id: GuaranteeId, by: readonly Checker[]): GuaranteeResult {
  const outcome = outcomeOf(evidence, id, by);
  if (outcome.kind === "unknown")
    return { id, violated: null, reason: outcome.reason, findings: [] };
  const findings = outcome.breaches.slice(0, FINDINGS_MAX).map((b) => findingOf(id, b));
  const more = outcome.breaches.length - findings.length;
  const rest: readonly Finding[] =
    more > 0
      ? [{ guarantee: id, key: null, message: `${id}: and ${more} more.`, witness: [] }]
      : [];
  return { id, violated: findings.length > 0, findings: [...findings, ...rest] };
}

function outcomeOf(evidence: Evidence, id: GuaranteeId, by: readonly Checker[]): CheckOutcome {
  // What nobody can read is an input as well: it must be accounted for.
  if (evidence.expected.length === 0 && evidence.poisoned.length === 0)
    return { kind: "unknown", reason: "no event was accepted" };
  const checker = by.find((candidate) => candidate.id === id);
  if (checker === undefined) return { kind: "unknown", reason: "this version has no such checker" };
  if (!evidence.isCollected && checker.standsInPrefix !== true)
    return { kind: "unknown", reason: CUT_SHORT };
  try {
    const outcome = checker.check(evidence);
    const isClean = outcome.kind === "checked" && outcome.breaches.length === 0;
    // Nothing found so far is nothing said of what was not written down any more.
    return isClean && !evidence.isCollected ? { kind: "unknown", reason: CUT_SHORT } : outcome;
  } catch (error) {
    return { kind: "unknown", reason: `the checker failed: ${messageOf(error)}` };
  }
}

function findingOf(guarantee: GuaranteeId, { key, message, seqs }: Breach): Finding {
  return { guarantee, key, message, ...(seqs === undefined ? {} : { seqs }), witness: [] };
}

function faultResult(evidence: Evidence, id: string, trigger: string): FaultResult {
  const ofFault = evidence.faults.filter(({ faultId }) => faultId === id);
  const fired = ofFault.find(({ moment }) => moment === "fired");
  const frame = fired?.frame ?? null;
  const position = evidence.expected.find(({ key }) => key === frame?.key)?.position ?? null;
  const place = position === null ? "" : ` (${placeText(position)})`;
  return {
    id,
    trigger,
    firedAtMs: fired?.atMs ?? null,
    evidence:
      frame === null
        ? null
        : `${frame.boundary} of ${frame.key ?? "?"}${place} on ${frame.instance}`,
    confirmedAtMs: ofFault.find(({ moment }) => moment === "confirmed")?.atMs ?? null,
    healedAtMs: ofFault.find(({ moment }) => moment === "heal-verified")?.atMs ?? null,
  };
}

function reproduce(header: RunHeader): string {
  const variant = header.variant === null ? "" : ` --variant ${header.variant}`;
  return `gameday run ${baseIdOf(header.id)} --stack ${header.stack}${variant} --seed ${header.seed}`;
}
