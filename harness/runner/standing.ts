import { judgeRun } from "../checker/judge.ts";
import type { HistoryEvent, Phase } from "../model/history.ts";
import type { Standing } from "../model/standing.ts";
import type { ApiDouble } from "../ports/api.ts";
import type { ScenarioContext } from "./scenario-context.ts";

interface Up {
  readonly api: ApiDouble;
  /** Where each instance says that it is well. */
  readonly health: readonly { readonly instance: string; readonly url: string }[];
}

/** What a scenario has up once its evidence is collected, and what that evidence comes to. */
export function standingOf(context: ScenarioContext, { api, health }: Up): Standing {
  const { stack, scenario, database, topics, instances, journal } = context;
  const hosts = stack.directKafka.map(({ host, port }) => `${host}:${port}`);
  return {
    scenario: scenario.id,
    verdict: judgeRun(asEnded(journal.events()))[0]?.verdict ?? "inconclusive",
    addresses: [
      { name: "Kafka", value: `${hosts.join(",")} (topics ${Object.values(topics).join(", ")})` },
      { name: "Postgres", value: database.directUrl },
      ...instances.map((instance) => {
        const { host, port } = api.addressFor(instance);
        return { name: `API double for ${instance}`, value: `http://${host}:${port}` };
      }),
      ...health.map(({ instance, url }) => ({ name: `health of ${instance}`, value: url })),
    ],
  };
}

/** The history as it is when nothing that counts follows: a scenario that has not ended proves nothing. */
export function asEnded(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const last = events.at(-1);
  if (last === undefined) return [];
  const { atMs, scenario } = last;
  const phase = (name: Phase, seq: number): HistoryEvent => ({
    seq,
    atMs,
    scenario,
    stream: "phase",
    phase: name,
  });
  return [...events, phase("down", last.seq + 1), phase("end", last.seq + 2)];
}
