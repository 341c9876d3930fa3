import { placeText } from "../checker/evidence.ts";
import type { EventBody } from "../model/history.ts";
import { apply, isFault, textOf, type Action } from "./actions.ts";
import { prologue } from "./explore.ts";
import { initialState, type Context } from "./world.ts";

/** A schedule for people: what each step showed on the wires; faults stand out. */
export function scheduleOf(context: Context, actions: readonly Action[]): readonly string[] {
  let shown: string[] = [];
  const sink = { emit: (body: () => EventBody) => shown.push(...wordsFor(body())) };
  const told: Context = { ...context, sink };
  let state = prologue(context, initialState(context.world));
  return actions.map((action) => {
    shown = [];
    state = apply(told, state, action);
    const words = isFault(action) || shown.length === 0 ? [textOf(action)] : shown;
    return `${isFault(action) ? "! " : ""}${words.join("; ")}`;
  });
}

function wordsFor(body: EventBody): readonly string[] {
  if (body.stream === "delivery")
    return [`${body.instance} is delivered ${body.key} (${placeText(body.position)})`];
  if (body.stream === "wire") {
    const { instance, boundary, keys, tag } = body;
    return [[instance, boundary, keys.join(", "), tag].filter(Boolean).join(" ")];
  }
  if (body.stream === "offset" && body.kind === "commit") {
    const { instance, committed, topic, partition, moment, errorCode } = body;
    const answer = errorCode === null || errorCode === 0 ? "" : ", refused";
    return [`${instance} offset ${committed} of ${topic}[${partition}] ${moment}${answer}`];
  }
  return body.stream === "call"
    ? [`${body.instance} call of ${body.key} under ${body.idempotencyKey} ${body.moment}`]
    : [];
}
