import { expect, test } from "vitest";
import type { HistoryEvent } from "../model/history.ts";
import type { ScenarioResult } from "../model/result.ts";
import { judgeRun, RunJudge } from "./judge.ts";
import { SAVED, savedEvents } from "./testing/saved.ts";
import { stamped, validBodies } from "./testing/history.ts";

/** Coprime to what a journal repeats, so that cuts fall everywhere. */
const STRIDE = 37;
const FINDINGS_COMPARED = 20;

/** What a judge says at many points of a history, and after each of its phases. */
function prefixes(events: readonly HistoryEvent[]) {
  const judge = new RunJudge();
  const said: { readonly after: HistoryEvent; readonly results: readonly ScenarioResult[] }[] = [];
  for (const [index, event] of events.entries()) {
    judge.see(event);
    const isTurn = event.stream === "phase" || event.stream === "assumption";
    if (!isTurn && index % STRIDE !== 0) continue;
    said.push({ after: event, results: judge.conclude().results() });
  }
  return said;
}

const ended = (events: readonly HistoryEvent[], scenario: string, seq: number): boolean =>
  events.some(
    (event) =>
      event.scenario === scenario &&
      event.seq <= seq &&
      event.stream === "phase" &&
      event.phase === "end",
  );

const broken = (result: ScenarioResult | undefined) =>
  (result?.guarantees ?? []).flatMap(({ id, findings }) =>
    findings.slice(0, FINDINGS_COMPARED).map(({ key }) => `${id} of ${key}`),
  );

test.each(SAVED)(
  "wherever the journal of %s stops, nothing is said that the whole denies",
  (name) => {
    const events = savedEvents(name);
    const whole = new Map(judgeRun(events).map((result) => [result.id, result]));
    const cuts = prefixes(events);
    expect(cuts.length).toBeGreaterThan(10);
    for (const { after, results } of cuts) {
      for (const result of results) {
        const of = whole.get(result.id);
        const isWhole = ended(events, result.id, after.seq);
        if (isWhole) expect(result.verdict).toBe(of?.verdict);
        else expect(["violated", "inconclusive"]).toContain(result.verdict);
        // A guarantee with more findings than are kept may have kept others by now.
        const isFull = of?.guarantees.some(({ findings }) => findings.length > FINDINGS_COMPARED);
        if (isFull !== true)
          expect(broken(of), `after seq ${after.seq}`).toEqual(
            expect.arrayContaining(broken(result)),
          );
        const ids = (some: ScenarioResult | undefined) =>
          some?.guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : []));
        expect(ids(of)).toEqual(expect.arrayContaining(ids(result) ?? []));
      }
    }
  },
);

test("a history that stops before its ledgers were read says so, for everything that was not found", () => {
  const upTo = (end: (body: HistoryEvent) => boolean) => {
    const events = stamped(validBodies());
    return judgeRun(events.slice(0, events.findIndex(end)))[0];
  };
  const cut = upTo((event) => event.stream === "log");
  expect(cut?.verdict).toBe("inconclusive");
  expect(cut?.exercised.missing.join()).toMatch(/stops before the ledgers had been read/);
  expect(new Set(cut?.guarantees.map(({ violated }) => violated))).toEqual(new Set([null]));
  expect(cut?.outcomes).toMatchObject({ expected: 3, once: 0, lost: 0, indeterminate: 3 });
  const almost = upTo((event) => event.stream === "phase" && event.phase === "end");
  expect(almost?.verdict).toBe("inconclusive");
  expect(almost?.exercised.missing.join()).toMatch(/stops before the end of the run/);
});

test("what is shown by events that are there stands however early the history stops", () => {
  const bodies = validBodies();
  const at = bodies.findIndex((body) => body.stream === "call" && body.moment === "applied");
  const twice = bodies[at];
  if (twice === undefined) throw new Error("no call was applied");
  const [result] = judgeRun(stamped([...bodies.slice(0, at + 1), twice]));
  expect(result?.verdict).toBe("violated");
  expect(result?.outcomes).toMatchObject({ duplicated: 1, indeterminate: 0 });
});
