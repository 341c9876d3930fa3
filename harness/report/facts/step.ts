import { placeText } from "../../checker/evidence.ts";
import type { Recorded } from "./recorded.ts";
import type { CallEvent, EventBase, HistoryEvent } from "../../model/history.ts";

export interface Actor {
  readonly name: string;
  readonly role: "workload" | "kafka" | "instance" | "postgres" | "api";
}

/**
 * One step of a story. `fate` says what became of the message: `passed`, `held` back by the harness,
 * `dropped` (the other side never saw it), `refused` by its receiver; or that it is no message but a
 * `mark`, the rehearsed `fault`, or the `death` of a process.
 */
export interface Step {
  readonly seq: number;
  readonly atMs: number;
  readonly from: Actor;
  /** Null when nothing is sent. */
  readonly to: Actor | null;
  readonly fate: "passed" | "held" | "dropped" | "refused" | "mark" | "fault" | "death";
  /** For somebody who has not seen the code. */
  readonly words: string;
  /** Short form for the chart. */
  readonly short: string;
  /** Offsets, transactions, keys: what to search the journal for. */
  readonly proof: string;
}

const WORKLOAD: Actor = { name: "Workload", role: "workload" };
const KAFKA: Actor = { name: "Kafka", role: "kafka" };
const POSTGRES: Actor = { name: "Postgres", role: "postgres" };
const instanceOf = (name: string): Actor => ({ name, role: "instance" });
const apiOf = (name: string): Actor => ({ name: `${name} API`, role: "api" });

type Of<S extends HistoryEvent["stream"]> = Extract<HistoryEvent, { readonly stream: S }>;
type Told = Omit<Step, "seq" | "atMs">;

/** Null for what only repeats another step: the audit trail, and frames whose message is told elsewhere. */
export function stepOf(event: HistoryEvent, evidence: Recorded): Step | null {
  const told = toldOf(event, evidence);
  return told === null ? null : { seq: event.seq, atMs: event.atMs, ...told };
}

function toldOf(event: HistoryEvent, evidence: Recorded): Told | null {
  switch (event.stream) {
    case "intent":
      return intentStep(event);
    case "delivery":
      return deliveryStep(event, evidence);
    case "wire":
      return wireStep(event);
    case "offset":
      return event.kind === "commit" ? offsetStep(event) : null;
    case "call":
      return callStep(event);
    case "fault":
      return faultStep(event, evidence);
    case "process":
      return processStep(event);
    case "membership":
      return membershipStep(event);
    case "asked-row":
    case "effect":
    case "log":
    case "header":
    case "assumption":
    case "metric":
    case "unread":
    case "phase":
    case "note":
      return null;
  }
}

function intentStep({ eventId, position, account, isCopy }: Of<"intent">): Told {
  const isKnown = position !== "unknown";
  return {
    from: WORKLOAD,
    to: KAFKA,
    fate: isKnown ? "passed" : "dropped",
    words: `${isCopy === true ? "The producer sends it a second time" : "It is sent to Kafka"}${isKnown ? ", which stores it." : "; no answer comes, so nobody knows whether it is stored."}`,
    short: isCopy === true ? "sent again" : "sent",
    proof: `event ${eventId}, account ${account}, ${isKnown ? placeText(position) : "place unknown"}`,
  };
}

function deliveryStep({ instance, position, attempt }: Of<"delivery">, evidence: Recorded): Told {
  const isInput = position.topic === evidence.header.inputTopic;
  const what = isInput ? "it" : "the published record";
  const times = attempt > 1 ? `delivered again (${attempt})` : "delivered";
  return {
    from: KAFKA,
    to: instanceOf(instance),
    fate: "passed",
    words: `Kafka delivers ${what} ${attempt > 1 ? `again, now to ${instance}` : `to ${instance}`}.`,
    short: isInput ? times : `its record ${times}`,
    proof: `${placeText(position)}, attempt ${attempt}`,
  };
}

const SERVER_OF: Readonly<Record<string, Actor>> = { postgres: POSTGRES, kafka: KAFKA };
const SAID: Readonly<Record<string, Said>> = {
  "postgres.begin": {
    ask: "begin",
    asks: "opens a transaction",
    answer: "begun",
    answers: "has opened it",
  },
  "postgres.statement": {
    ask: "statement",
    asks: "sends a statement",
    answer: "statement done",
    answers: "has run it",
  },
  "postgres.commit": {
    ask: "COMMIT",
    asks: "asks to commit",
    answer: "committed",
    answers: "confirms the commit",
  },
  "kafka.produce": {
    ask: "publish",
    asks: "publishes what happened",
    answer: "published",
    answers: "has stored it",
  },
  "kafka.fetch": {
    ask: "fetch",
    asks: "asks for records",
    answer: "records",
    answers: "sends records",
  },
  "kafka.offset-commit": {
    ask: "offset done",
    asks: "commits its offset",
    answer: "offset noted",
    answers: "has noted the offset",
  },
  "kafka.txn-end": {
    ask: "end transaction",
    asks: "ends its Kafka transaction",
    answer: "ended",
    answers: "has ended it",
  },
};
const SAID_OF_API: Said = { ask: "call", asks: "calls", answer: "answer", answers: "answers" };

interface Said {
  readonly ask: string;
  readonly asks: string;
  readonly answer: string;
  readonly answers: string;
}

/** Their messages are told by the ledger of the API double and by the offset stream. */
const TOLD_ELSEWHERE = /^(?:http\.|kafka\.(?:offset-commit|fetch)\.)/;

function wireStep({ boundary, instance, action, tag }: Of<"wire">): Told | null {
  const [protocol = "", conversation = "", moment = ""] = boundary.split(".");
  if (action === "passed" && (moment === "acknowledged" || TOLD_ELSEWHERE.test(boundary)))
    return null;
  const subject = instanceOf(instance);
  const server = SERVER_OF[protocol] ?? apiOf(conversation);
  const said = SAID[`${protocol}.${conversation}`] ?? SAID_OF_API;
  const isAsked = moment === "requested";
  const isRefused = action === "refused" || tag === "ROLLBACK" || tag?.startsWith("ERROR") === true;
  const short = isAsked ? said.ask : isRefused ? `refused: ${tag ?? "?"}` : said.answer;
  const frame = isAsked
    ? { says: `${instance} ${said.asks} (${server.name})`, receiver: server.name, isAsked }
    : {
        says: isRefused
          ? `${server.name} refuses (${tag ?? "no reason given"})`
          : `${server.name} ${said.answers}`,
        receiver: instance,
        isAsked,
      };
  return {
    from: isAsked ? subject : server,
    to: isAsked ? server : subject,
    fate: action === "held" || action === "dropped" ? action : isRefused ? "refused" : "passed",
    words: WORDS_OF[action](frame),
    short: action === "passed" || action === "refused" ? short : `${short}: ${action}`,
    proof: `${boundary} ${action}${tag === null ? "" : `, tag ${tag}`}`,
  };
}

interface Frame {
  readonly says: string;
  readonly receiver: string;
  readonly isAsked: boolean;
}

const WORDS_OF: Readonly<Record<Of<"wire">["action"], (frame: Frame) => string>> = {
  passed: ({ says }) => `${says}.`,
  refused: ({ says }) => `${says}: it was not done.`,
  held: ({ says, isAsked, receiver }) =>
    `${says}. The harness holds this message back: ${isAsked ? `${receiver} has not seen it` : `it is done, and ${receiver} has not been told`}.`,
  dropped: ({ receiver }) => `The message that was held is thrown away: ${receiver} never sees it.`,
  released: ({ receiver }) => `The message that was held goes on to ${receiver}.`,
};

function offsetStep(event: Extract<Of<"offset">, { readonly kind: "commit" }>): Told | null {
  const { instance, moment, topic, partition, committed, errorCode, group } = event;
  const subject = instanceOf(instance);
  const proof = `${topic}[${partition}] next offset ${committed}, group ${group}${errorCode === null ? "" : `, error code ${errorCode}`}`;
  switch (moment) {
    case "requested":
      return {
        from: subject,
        to: KAFKA,
        fate: "passed",
        words: `${instance} tells Kafka that everything below offset ${committed} is done.`,
        short: `offset ${committed} done`,
        proof,
      };
    case "applied":
      return {
        from: KAFKA,
        to: subject,
        fate: errorCode === 0 || errorCode === null ? "passed" : "refused",
        words:
          errorCode === 0 || errorCode === null
            ? `Kafka has noted offset ${committed}: it will not deliver it again.`
            : `Kafka refuses the offset of ${instance} (error code ${errorCode}).`,
        short: errorCode === 0 || errorCode === null ? "offset noted" : "offset refused",
        proof,
      };
    case "acknowledged":
      return null;
  }
}

function callStep(event: CallEvent & EventBase): Told | null {
  const { callId, api, instance, moment, idempotencyKey, status, replayed } = event;
  const subject = instanceOf(instance);
  const server = apiOf(api);
  const proof = `${callId}, idempotency key ${idempotencyKey ?? "none"}${status === null ? "" : `, status ${status}`}`;
  switch (moment) {
    case "received":
      return {
        from: subject,
        to: server,
        fate: "passed",
        words: `${instance} calls the ${server.name}.`,
        short: "call",
        proof,
      };
    case "applied":
      return replayed
        ? null
        : {
            from: server,
            to: null,
            fate: "mark",
            words: `The ${server.name} carries it out.`,
            short: "applied",
            proof,
          };
    case "answered":
      return {
        from: server,
        to: subject,
        fate: "passed",
        words: `The ${server.name} answers ${instance}${replayed ? " with the answer it gave before: nothing is done twice" : ""}.`,
        short: `answer ${status ?? ""}${replayed ? " (replayed)" : ""}`,
        proof,
      };
    case "abandoned":
      return {
        from: server,
        to: subject,
        fate: "dropped",
        words: `The answer of the ${server.name} never reaches ${instance}.`,
        short: "answer lost",
        proof,
      };
    case "looked-up":
      return {
        from: subject,
        to: server,
        fate: "passed",
        words: `${instance} asks the ${server.name} whether it knows the key.`,
        short: "look-up",
        proof,
      };
  }
}

function faultStep(event: Of<"fault">, evidence: Recorded): Told | null {
  const { faultId, moment, instance, detail } = event;
  if (moment === "planned" || moment === "armed") return null;
  const kind = evidence.header.faults.find(({ id }) => id === faultId)?.fault ?? "fault";
  const words: Readonly<Record<Exclude<typeof moment, "planned" | "armed">, string>> = {
    fired: `The rehearsed fault (${kind}) strikes${instance === null ? "" : ` ${instance}`}.`,
    confirmed: "The harness has made sure that the fault took hold.",
    failed: "The fault could not be carried out.",
    healed: "The fault is ended.",
    "heal-verified": "The harness has made sure that it is over.",
  };
  return {
    from: instance === null ? WORKLOAD : instanceOf(instance),
    to: null,
    fate: "fault",
    words: words[moment],
    short: `${kind} ${moment}`,
    proof: `fault ${faultId} ${moment}: ${detail}`,
  };
}

function processStep({ instance, kind, pid, signal, code }: Of<"process">): Told | null {
  const isDeath = kind === "exited";
  if (!isDeath && kind !== "signalled") return null;
  const from = instanceOf(instance);
  const how = signal ?? `code ${code ?? "unknown"}`;
  return {
    from,
    to: null,
    fate: isDeath ? "death" : "fault",
    words: isDeath ? `${instance} is gone.` : `${instance} is sent ${how}.`,
    short: isDeath ? `gone (${how})` : how,
    proof: `process ${pid}, ${how}`,
  };
}

function membershipStep({ instance, kind, memberId, eviction }: Of<"membership">): Told | null {
  if (kind === "left-to-timeout") {
    return {
      from: KAFKA,
      to: null,
      fate: "mark",
      words: `Nobody tells Kafka that ${instance} is gone: it has to find out by its session timeout.`,
      short: `${instance} not signed off`,
      proof: `member ${memberId}`,
    };
  }
  if (kind !== "evicted" && kind !== "already-gone") return null;
  return {
    from: KAFKA,
    to: null,
    fate: "mark",
    words: `Kafka no longer counts ${instance} among its consumers: its partitions go to others.`,
    short: `${instance} evicted`,
    proof: `member ${memberId}, ${eviction ?? "unknown cause"}`,
  };
}
