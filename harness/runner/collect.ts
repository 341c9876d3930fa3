import { hasRedeploy } from "../model/scenario.ts";
import type { OpenLinks } from "./instance-links.ts";
import { parseMetrics } from "./parse-metrics.ts";
import { readStamp } from "./versions.ts";
import type { ScenarioContext } from "./scenario-context.ts";

/** Reads every ledger into the history: logs, final offsets, the audit trail. */
export async function collect(context: ScenarioContext): Promise<void> {
  await collectLogs(context);
  await collectOffsets(context);
  await collectEffects(context);
}

async function collectLogs(context: ScenarioContext): Promise<void> {
  const { header, topics, request, recorder } = context;
  for (const topic of Object.values(topics)) {
    const records = await context.stack.broker.readAll(topic);
    const ends = await context.stack.broker.endOffsets(topic);
    for (const record of records) {
      recorder.record({
        stream: "log",
        role: topic === header.inputTopic ? "input" : "output",
        position: record.position,
        key: record.key,
        eventId: record.headers[request.config.eventIdHeader] ?? null,
        producerId: record.producerId,
        producerEpoch: record.producerEpoch,
      });
    }
    noteCompleteness(context, { topic, read: records.map(({ position }) => position), ends });
  }
}

/** What the taps relayed without understanding it, so that the report can say how much was not seen. */
export function collectUnread(context: ScenarioContext, links: OpenLinks): void {
  for (const { instance, kafka, postgres } of links.all) {
    for (const [link, tap] of [
      ["kafka", kafka.tap],
      ["postgres", postgres.tap],
    ] as const) {
      const frames = [
        [tap.unknownFrames(), "not-understood"],
        [tap.relayedFrames(), "by-design"],
      ] as const;
      for (const [counts, why] of frames) {
        for (const [name, count] of Object.entries(counts)) {
          context.recorder.record({ stream: "unread", instance, link, name, count, why });
        }
      }
    }
  }
}

/** A transactional topic has control records, so the last record may stand below the end. */
function noteCompleteness(
  context: ScenarioContext,
  seen: {
    readonly topic: string;
    readonly read: readonly { partition: number; offset: number }[];
    readonly ends: readonly number[];
  },
): void {
  const missing = seen.ends.flatMap((end, partition) => {
    const offsets = seen.read
      .filter((at) => at.partition === partition)
      .map(({ offset }) => offset);
    return new Set(offsets).size === end ? [] : [`[${partition}] ${offsets.length} of ${end}`];
  });
  context.recorder.record({
    stream: "assumption",
    name: "observer-complete",
    holds: missing.length === 0,
    detail:
      missing.length === 0
        ? `every record of ${seen.topic} was read`
        : `records of ${seen.topic} not read: ${missing.join(", ")}`,
  });
}

async function collectOffsets(context: ScenarioContext): Promise<void> {
  const { header, recorder, stack } = context;
  const ends = await stack.broker.endOffsets(header.inputTopic);
  const committed = await stack.broker.committedOffsets(header.group, header.inputTopic);
  for (const [partition, logEnd] of ends.entries()) {
    recorder.record({
      stream: "offset",
      kind: "final",
      topic: header.inputTopic,
      partition,
      committed: committed[partition] ?? null,
      logEnd,
    });
  }
}

async function collectEffects(context: ScenarioContext): Promise<void> {
  for (const row of await context.database.auditTrail()) {
    const { instance, version } = readStamp(row.applicationName, context.instances);
    context.recorder.record({
      stream: "effect",
      table: row.table,
      op: row.op,
      xid: row.xid,
      commitOrder: row.commitOrder,
      instance,
      ...(hasRedeploy(context.scenario) ? { version } : {}),
      before: row.before,
      after: row.after,
    });
  }
}

/** The subject's own numbers, from every instance that still runs. */
export async function collectMetrics(
  context: ScenarioContext,
  urlsOf: readonly { readonly instance: string; readonly url: string }[],
): Promise<void> {
  for (const { instance, url } of urlsOf) {
    const text = await context.stack.subjects.read(url);
    for (const series of parseMetrics(text ?? "")) {
      context.recorder.record({ stream: "metric", instance, ...series });
    }
  }
}

/** Facts that show a way around the links during the run, in words. */
export async function bypassesSeen(context: ScenarioContext, links: OpenLinks): Promise<string[]> {
  const members = await context.stack.broker.members(context.header.group);
  const onLinks = new Set(
    context.journal
      .events()
      .flatMap((event) => (event.stream === "membership" ? [event.memberId] : [])),
  );
  for (const { kafka } of links.all) {
    for (const { memberId } of kafka.tap.members()) onLinks.add(memberId);
  }
  const strangers = members.filter(({ memberId }) => !onLinks.has(memberId));
  const backends = await context.database.backends();
  const foreign = backends.filter(
    ({ applicationName }) => readStamp(applicationName, context.instances).instance === null,
  );
  const audit = await context.database.auditTrail();
  const unstamped = audit.filter(
    ({ applicationName }) => readStamp(applicationName, context.instances).instance === null,
  );
  return [
    ...strangers.map(({ clientId }) => `group member ${clientId} is on no link`),
    ...foreign.map(({ pid }) => `Postgres backend ${pid} is on no link`),
    ...(unstamped.length > 0 ? [`${unstamped.length} changes were written around the links`] : []),
  ];
}
