import { expect, test } from "vitest";
import { GUARANTEES, type GuaranteeId } from "../model/guarantee.ts";
import type { EventBody, HistoryEvent } from "../model/history.ts";
import { checkers } from "./guarantees.ts";
import { judgeRun } from "./judge.ts";
import { effectsOf, recordsOf, without } from "./mutation-tools.ts";
import { stamped, validBodies } from "./testing/history.ts";

type Change = (bodies: readonly EventBody[]) => readonly HistoryEvent[];

/** A history that does not allow a judgement, and why. */
type Unknown = readonly [change: Change, reason: RegExp];

const withBodies =
  (change: (body: EventBody) => readonly EventBody[]): Change =>
  (bodies) =>
    stamped(bodies.flatMap(change));

/** The observation ended, or the observer stopped, before the end. */
const lacking =
  (name: "drained" | "observer-complete", next: Change = stamped): Change =>
  (bodies) =>
    next(
      bodies.map((body) =>
        body.stream === "assumption" && body.name === name ? { ...body, holds: false } : body,
      ),
    );

const withoutLast =
  (gone: typeof effectsOf): Change =>
  (bodies) => {
    const events = stamped(bodies);
    const last = events.findLast((event) => event.stream === "intent");
    if (last?.stream !== "intent") throw new Error("nothing was sent");
    const isOffset = (event: HistoryEvent): boolean =>
      event.stream === "offset" && (event.committed ?? 0) > 2;
    return without(events, [...gone(events, last), ...events.filter(isOffset)]);
  };

const poisoned: Change = (bodies) =>
  withoutLast(effectsOf)(
    bodies.map((body) =>
      body.stream === "intent" && body.key === "pay-2" ? { ...body, isPoison: true } : body,
    ),
  );

const withoutDeadLetters = withBodies((body) =>
  body.stream === "header" ? [{ ...body, deadLetters: null }] : [body],
);

const callsGone: typeof effectsOf = (events, { key }) =>
  events.filter((event) => event.stream === "call" && event.key === key);

const NOTHING_SENT = withBodies((body) =>
  body.stream === "intent" || body.stream === "log" ? [] : [body],
);

/**
 * Of one that looks for what must not be there, only that there was nothing to look at: that evidence
 * is missing is said by an assumption, and the run is inconclusive.
 */
const AN_EMPTY_RUN: readonly Unknown[] = [[NOTHING_SENT, /^no event was accepted$/]];

const table: Readonly<Record<GuaranteeId, readonly Unknown[]>> = {
  "no-lost-effects": [
    [lacking("drained", withoutLast(effectsOf)), /^1 events had no effect yet .*: stalled$/],
  ],
  "no-duplicate-effects": AN_EMPTY_RUN,
  "no-phantom-effects": AN_EMPTY_RUN,
  "no-torn-outcomes": [
    [lacking("drained", withoutLast(callsGone)), /^1 events had part of their effects when/],
  ],
  "no-duplicate-calls": AN_EMPTY_RUN,
  "idempotency-keys-stable": AN_EMPTY_RUN,
  "outbox-fully-published": [
    [lacking("drained", withoutLast(recordsOf)), /^1 outbox rows were not published when/],
    [lacking("observer-complete", withoutLast(recordsOf)), /^1 records were not seen by an obs/],
  ],
  "money-conserved": AN_EMPTY_RUN,
  "offsets-never-ahead-of-effects": AN_EMPTY_RUN,
  "every-input-accounted": [
    [lacking("drained", poisoned), /^1 unreadable records were not dead letters yet$/],
    [(bodies) => withoutDeadLetters(poisoned(bodies)), /^no dead-letter table is declared/],
  ],
  "no-phantom-publishes": AN_EMPTY_RUN,
  "no-duplicate-publishes": AN_EMPTY_RUN,
  "ordered-per-key": AN_EMPTY_RUN,
  "no-stale-overwrites": AN_EMPTY_RUN,
  "no-zombie-effects": AN_EMPTY_RUN,
  "dedup-outlives-redelivery": AN_EMPTY_RUN,
  "metrics-tell-the-truth": [
    [lacking("drained"), /^the system had not drained when it was asked$/],
    [withBodies((body) => (body.stream === "metric" ? [] : [body])), /^no instance answered with/],
  ],
  "recovers-within": [
    [lacking("drained"), /^the system had not drained when the observation ended$/],
    [
      withBodies((body) =>
        body.stream === "fault" && body.moment === "confirmed"
          ? [{ ...body, moment: "failed", detail: "the engine refused" }]
          : [body],
      ),
      /^fault \S+ failed half done: the engine refused$/,
    ],
    [
      withBodies((body) =>
        body.stream === "assumption" && body.name === "drained"
          ? [
              body,
              {
                ...body,
                name: "stack-sound",
                holds: false,
                detail: "the api link of consumer-2 is mute",
              },
            ]
          : [body],
      ),
      /^the stack was not sound: the api link of consumer-2 is mute$/,
    ],
    [
      (bodies) =>
        stamped(bodies).map((event, at) => ({ ...event, atMs: at === 9 ? 0 : event.atMs })),
      /^the clock goes back at seq 9: no time can be told$/,
    ],
  ],
};

const rows = GUARANTEES.flatMap((id) =>
  table[id].map(([change, reason]) => ({ id, reason, change })),
);

test.each(rows)("$id is unknown, and says why: $reason", ({ id, change, reason }) => {
  const [result] = judgeRun(change(validBodies()));
  const guarantee = result?.guarantees.find((each) => each.id === id);
  expect(guarantee).toMatchObject({ violated: null, findings: [] });
  expect(guarantee?.reason).toMatch(reason);
  expect(result?.verdict).not.toBe("pass");
});

test.each(GUARANTEES)(
  "%s has a row in the table, a checker, and is unknown if that fails",
  (id) => {
    expect(table[id].length).toBeGreaterThan(0);
    expect(checkers.filter((checker) => checker.id === id)).toHaveLength(1);
    const failing = checkers.map((checker) => ({
      ...checker,
      check: () => {
        throw new Error("out of its depth");
      },
    }));
    const [result] = judgeRun(stamped(validBodies()), failing);
    expect(result?.guarantees.find((each) => each.id === id)).toMatchObject({
      violated: null,
      reason: "the checker failed: out of its depth",
    });
  },
);
