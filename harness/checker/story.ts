import type { StoryLine } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import { placeText, type Evidence } from "./evidence.ts";

const LINES_MAX = 40;

/** What happened to one business key across Kafka, Postgres, HTTP and processes, in order. */
export function storyOf(
  evidence: Evidence,
  key: string | null,
  linesMax = LINES_MAX,
): readonly StoryLine[] {
  const event = evidence.expected.find((candidate) => candidate.key === key);
  const lines = evidence.events.flatMap((candidate) => {
    const text = lineOf(candidate, { key, event, evidence });
    return text === null ? [] : [{ seq: candidate.seq, atMs: candidate.atMs, text }];
  });
  return lines.slice(0, linesMax);
}

interface Subject {
  readonly key: string | null;
  readonly event: Evidence["expected"][number] | undefined;
  readonly evidence: Evidence;
}

function lineOf(event: HistoryEvent, subject: Subject): string | null {
  const { key } = subject;
  switch (event.stream) {
    case "intent":
      return event.key === key
        ? `sent to Kafka, stored at ${event.position === "unknown" ? "an unknown place" : placeText(event.position)}`
        : null;
    case "delivery":
      return event.key === key
        ? `${placeText(event.position)} delivered to ${event.instance} (attempt ${event.attempt})`
        : null;
    case "wire":
      return key !== null && event.keys.includes(key)
        ? `${event.boundary} of ${event.instance}${event.tag === null ? "" : ` (${event.tag})`}: ${event.action}`
        : null;
    case "fault":
      return event.moment === "planned"
        ? null
        : `fault ${event.faultId} ${event.moment}: ${event.detail}`;
    case "process":
      return processLine(event);
    case "membership":
      return event.kind === "evicted"
        ? `${event.instance} evicted from its group (${event.eviction})`
        : null;
    case "call":
      return event.key === key
        ? `${event.callId} ${event.moment} by ${event.api} for ${event.instance}, idempotency key ${event.idempotencyKey ?? "none"}${event.replayed ? ", answer replayed" : ""}`
        : null;
    case "offset":
      return offsetLine(event, subject);
    case "effect":
      return effectLine(event, subject);
    case "log":
      return event.key === key && event.role === "output"
        ? `published as ${placeText(event.position)}`
        : null;
    case "header":
    case "assumption":
    case "metric":
    case "unread":
    case "phase":
    case "note":
      return null;
  }
}

function processLine(event: Extract<HistoryEvent, { stream: "process" }>): string | null {
  const { kind, instance, pid, signal, code, version } = event;
  const who = `${instance} (pid ${pid}${version === "next" ? ", next version" : ""})`;
  if (kind === "exited") return `${who} exited, ${signal ?? `code ${code}`}`;
  return kind === "signalled" && signal?.startsWith("SIG") === true ? `${who} got ${signal}` : null;
}

function offsetLine(
  event: Extract<HistoryEvent, { stream: "offset" }>,
  { event: expected }: Subject,
): string | null {
  const position = expected?.position ?? null;
  if (position === null || event.kind === "final" || event.moment === "acknowledged") return null;
  const isItsOwn =
    event.topic === position.topic &&
    event.partition === position.partition &&
    event.committed === position.offset + 1;
  if (!isItsOwn) return null;
  const answer = event.errorCode === null ? "" : ` (error code ${event.errorCode})`;
  return `${event.instance}: commit of offset ${event.committed} ${event.moment}${answer}`;
}

function effectLine(
  event: Extract<HistoryEvent, { stream: "effect" }>,
  { event: expected, evidence, key }: Subject,
): string | null {
  if (event.op !== "insert" || expected === undefined) return null;
  const declaration = evidence.header.effects.find(
    (effect) => effect.kind === "row" && effect.table === event.table,
  );
  if (declaration?.kind !== "row" || event.after?.[declaration.key] !== key) return null;
  return `audit: ${event.table} row inserted by ${event.instance ?? "nobody on a link"} in transaction ${event.xid} (commit ${event.commitOrder})`;
}
