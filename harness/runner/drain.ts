import { HarnessError, messageOf } from "../model/errors.ts";
import type { AuditRow } from "../ports/database.ts";
import type { ApiDouble } from "../ports/api.ts";
import type { WorkDeclaration } from "../model/config.ts";
import { pollUntil } from "./deadline.ts";
import type { ScenarioContext } from "./scenario-context.ts";

const POLL_MS = 40;
const STABLE_POLLS = 3;
/** Past the limit, so that "still not drained" is a fact. */
const BEYOND_MS = 100;

/**
 * Waits for quiescence: offsets at the log end, outbox and declared work empty, no busy subject
 * backend, the API owes nothing, all of it unchanged over several polls. Records the assumption
 * `drained` with what was still owed when the deadline passed; false then.
 */
export async function drain(context: ScenarioContext, api: ApiDouble): Promise<boolean> {
  let owed = "nothing was observed";
  let lastPicture = "";
  let stable = 0;
  const probe = async (): Promise<true | null> => {
    const seen = await look(context, api).catch((error: unknown) => unanswered(error));
    owed = seen.owed.join("; ");
    stable = seen.owed.length === 0 && seen.picture === lastPicture ? stable + 1 : 0;
    lastPicture = seen.picture;
    return stable >= STABLE_POLLS ? true : null;
  };
  const { drainTimeoutMs } = context.scenario;
  const isDrained =
    (await comesWithin(context, probe, drainTimeoutMs)) ||
    (await comesWithin(context, probe, unobservedMs(context)));
  note(
    context,
    isDrained,
    isDrained
      ? "offsets at the log end, nothing owed, stable over several polls"
      : `not drained after ${drainTimeoutMs} ms: ${owed || "still changing"}`,
  );
  return isDrained;
}

async function comesWithin(
  context: ScenarioContext,
  probe: () => Promise<true | null>,
  deadlineMs: number,
): Promise<boolean> {
  const { signal } = context.environment;
  try {
    await pollUntil(probe, { what: "the system to drain", deadlineMs, everyMs: POLL_MS, signal });
    return true;
  } catch (error) {
    if (error instanceof HarnessError && error.code === "interrupted") throw error;
    return false;
  }
}

/** What is left of the time that the scenario allows for recovery: less proves nothing about it. */
function unobservedMs({ journal, scenario, environment }: ScenarioContext): number {
  const fired = journal
    .events()
    .findLast((event) => event.stream === "fault" && event.moment === "fired");
  if (fired === undefined) return 0;
  return fired.atMs + scenario.limits.recoveryMsMax - environment.clock.nowMs() + BEYOND_MS;
}

function note(context: ScenarioContext, holds: boolean, detail: string): void {
  context.recorder.record({ stream: "assumption", name: "drained", holds, detail });
}

interface Picture {
  readonly owed: readonly string[];
  readonly picture: string;
}

async function look(context: ScenarioContext, api: ApiDouble): Promise<Picture> {
  const { broker } = context.stack;
  const { database } = context;
  const { outbox, work } = context.request.config.database;
  const [lags, audit, backends, outboxCounts] = await Promise.all([
    Promise.all(
      context.consumed.map(async ({ topic, group }) => ({
        topic,
        committed: await broker.committedOffsets(group, topic),
        ends: await broker.endOffsets(topic),
      })),
    ),
    database.auditTrail(),
    database.backends(),
    outbox === undefined ? null : database.outbox(outbox.table, outbox.publishedAt),
  ]);
  const busy = backends.filter(({ state }) => state !== "idle");
  const open = work === undefined ? 0 : openWork(audit, work);
  const owed = [
    ...lags.flatMap(({ topic, committed, ends }) =>
      ends.flatMap((end, partition) => {
        const at = committed[partition] ?? null;
        return end === 0 || at === end
          ? []
          : [`${topic}[${partition}] committed ${at ?? "nothing"} of ${end}`];
      }),
    ),
    ...(outboxCounts !== null && outboxCounts.unpublished > 0
      ? [`${outboxCounts.unpublished} outbox rows unpublished`]
      : []),
    ...(open > 0 ? [`${open} rows of ${work?.table} not done`] : []),
    ...(busy.length > 0 ? [`${busy.length} subject backends busy`] : []),
    ...(api.owed() > 0 ? [`${api.owed()} API answers owed`] : []),
  ];
  return { owed, picture: JSON.stringify([lags, audit.length, outboxCounts]) };
}

/** A server that is down for a moment is asked again: nothing is drained that cannot be seen. */
function unanswered(error: unknown): Picture {
  return { owed: [`a server did not answer: ${messageOf(error)}`], picture: "" };
}

/** Rows whose last committed state is not a final one. */
function openWork(audit: readonly AuditRow[], work: WorkDeclaration): number {
  const states = new Map<unknown, unknown>();
  for (const row of audit) {
    if (row.table !== work.table) continue;
    if (row.after === null) states.delete(row.before?.[work.id]);
    else states.set(row.after[work.id], row.after[work.state]);
  }
  return [...states.values()].filter((state) => !work.done.includes(String(state))).length;
}
