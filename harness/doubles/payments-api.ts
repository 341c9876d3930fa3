/**
 * The double of the external payments API: raw node:http, one listener per instance (so that each
 * call is attributed without trusting the caller), one ledger. `POST /v1/captures` captures,
 * `GET /v1/captures?idempotencyKey=` looks up; `GET /alive` is for the harness. It is its own tap: boundaries `http.<api>.requested`,
 * `.applied` and `.acknowledged` may hold a request, and a dropped one is never answered, so that the
 * caller's own timeout decides.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Moment } from "../model/boundary.ts";
import { messageOf } from "../model/errors.ts";
import type { CallEvent, Version } from "../model/history.ts";
import type { ApiMode } from "../model/scenario.ts";
import type { ApiDouble } from "../ports/api.ts";
import type { HostPort, Recorder } from "../ports/basics.ts";
import type { Attribution, Gate, HeldFrameDecision } from "../ports/tap.ts";
import { meetBoundary } from "../taps/hold.ts";
import { CaptureLedger } from "./capture-ledger.ts";
import { addressOf, closeServer, gone, listen, readBody, send } from "./http.ts";

export interface ApiDoubleOptions {
  readonly api: string;
  readonly instances: readonly string[];
  /** Address to listen on; loopback where left out. */
  readonly host?: string;
  readonly mode: ApiMode;
  readonly recorder: Recorder;
  readonly attribution: Attribution;
  readonly gate: Gate;
  /** The version an instance runs; null where nothing is redeployed. */
  readonly versionOf: ((instance: string) => Version) | null;
}

const BASE = "http://api.invalid";

type CallFacts = Omit<CallEvent, "stream" | "moment" | "status" | "replayed">;

interface Context {
  readonly options: ApiDoubleOptions;
  readonly ledger: CaptureLedger;
  /** Requests to be applied after their caller gave up, by business key. */
  readonly late: Map<string, () => void>;
  readonly instance: string;
  readonly callId: string;
}

interface Call {
  readonly facts: CallFacts;
  readonly response: ServerResponse;
}

export async function startPaymentsApi(options: ApiDoubleOptions): Promise<ApiDouble> {
  const ledger = new CaptureLedger(options.mode);
  const late = new Map<string, () => void>();
  const state = { owed: 0, nextCall: 1 };
  const servers = new Map<string, Server>();
  const close = async (): Promise<void> => {
    await Promise.all([...servers.values()].map((server) => closeServer(server)));
  };
  for (const instance of options.instances) {
    const server = createServer((request, response) => {
      state.owed += 1;
      response.once("close", () => (state.owed -= 1));
      const callId = `call-${state.nextCall++}`;
      answer({ options, ledger, late, instance, callId }, request, response).catch(
        (error: unknown) => {
          if (response.headersSent) response.destroy();
          else send(response, 500, { error: messageOf(error) });
        },
      );
    });
    servers.set(instance, server);
    await listen(server, options.host ?? "127.0.0.1");
  }
  return {
    addressFor: (instance) => required(addressOf(servers.get(instance)), instance),
    owed: () => state.owed,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function answer(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!URL.canParse(request.url ?? "/", BASE)) return send(response, 400, { error: "no path" });
  const url = new URL(request.url ?? "/", BASE);
  if (url.pathname === "/alive") return send(response, 200, {});
  if (url.pathname !== "/v1/captures") return send(response, 404, { error: "no such path" });
  if (request.method === "GET") return lookUp(context, url, response);
  if (request.method !== "POST") return send(response, 405, { error: "POST or GET only" });
  const body = await readBody(request);
  if (body === null) return send(response, 413, { error: "body too large or cut off" });
  await capture(context, { facts: factsOf(context, request, body), response });
}

function lookUp(context: Context, url: URL, response: ServerResponse): void {
  const idempotencyKey = url.searchParams.get("idempotencyKey") ?? "";
  const intent = context.options.attribution.identify(idempotencyKey);
  const found = context.ledger.lookup(idempotencyKey);
  record(context, {
    facts: {
      ...baseFacts(context),
      idempotencyKey,
      key: intent?.key ?? null,
      eventId: intent?.eventId ?? null,
      amount: null,
      payloadHash: "",
    },
    moment: "looked-up",
    status: 200,
  });
  send(response, 200, { captures: found.map(({ id }) => ({ id })) });
  // The late request overtakes the retry that this lookup allows.
  if (intent !== null) applyLate(context, intent.key);
}

async function capture(context: Context, call: Call): Promise<void> {
  const { ledger } = context;
  const { facts, response } = call;
  if (facts.key !== null) applyLate(context, facts.key);
  record(context, { facts, moment: "received" });
  const known = ledger.check(facts.idempotencyKey, facts.payloadHash);
  if (known.kind === "refused") return reply(context, call, known.status, known.reason);
  ledger.begin(facts.idempotencyKey);
  try {
    const decision = await meet(context, facts, "requested");
    if (decision === "drop") return await neverAnswer(context, call);
    if (decision === "apply-late") return await laterOn(context, call);
    const status = statusOf(decision);
    if (status !== null) {
      ledger.storeError(facts.idempotencyKey, status, facts.payloadHash);
      return reply(context, call, status, "an error on purpose");
    }
    if (known.kind === "replay") {
      record(context, { facts, moment: "applied", replayed: true });
      const { status: stored, capture: kept } = known.answer;
      return await answerWith(context, call, {
        status: stored,
        id: kept?.id ?? null,
        replayed: true,
      });
    }
    const { id } = apply(context, facts);
    if (decision === "apply-twice") apply(context, facts);
    if (response.destroyed) return abandon(context, facts);
    await answerWith(context, call, { status: 201, id, replayed: false });
  } finally {
    ledger.end(facts.idempotencyKey);
  }
}

async function answerWith(
  context: Context,
  call: Call,
  answered: { readonly status: number; readonly id: string | null; readonly replayed: boolean },
): Promise<void> {
  const { facts, response } = call;
  const { status, id, replayed } = answered;
  if ((await meet(context, facts, "applied")) === "drop") return neverAnswer(context, call);
  send(response, status, id === null ? { error: "the stored error" } : { id });
  record(context, { facts, moment: "answered", status, replayed });
  void meet(context, facts, "acknowledged");
}

function apply(context: Context, facts: CallFacts): { readonly id: string } {
  const made = context.ledger.apply(facts.idempotencyKey, facts.payloadHash);
  record(context, { facts, moment: "applied" });
  return made;
}

function reply(context: Context, { facts, response }: Call, status: number, error: string): void {
  send(response, status, { error });
  record(context, { facts, moment: "answered", status });
}

/** The caller hears nothing; its own timeout ends the wait. */
async function neverAnswer(context: Context, { facts, response }: Call): Promise<void> {
  await gone(response);
  abandon(context, facts);
}

/** Applied once the caller has given up and asks, or calls, again. */
async function laterOn(context: Context, { facts, response }: Call): Promise<void> {
  const name = facts.key ?? facts.callId;
  await gone(response);
  abandon(context, facts);
  context.late.set(name, () => void apply(context, facts));
}

function applyLate({ late }: Context, key: string): void {
  const waiting = late.get(key);
  late.delete(key);
  waiting?.();
}

function abandon(context: Context, facts: CallFacts): void {
  record(context, { facts, moment: "abandoned" });
}

async function meet(
  { options, instance }: Context,
  facts: CallFacts,
  moment: Moment,
): Promise<HeldFrameDecision> {
  const { key, eventId } = facts;
  const named = key === null || eventId === null ? [] : [{ key, eventId }];
  const boundary = `http.${options.api}.${moment}` as const;
  const { gate, recorder } = options;
  return (
    (await meetBoundary({ boundary, instance, named, tag: null }, { gate, recorder })) ?? "release"
  );
}

function statusOf(decision: HeldFrameDecision): number | null {
  const match = /^answer-(\d{3})$/.exec(decision);
  return match === null ? null : Number(match[1]);
}

function record(
  { options }: Context,
  said: {
    readonly facts: CallFacts;
    readonly moment: CallEvent["moment"];
    readonly status?: number;
    readonly replayed?: boolean;
  },
): void {
  const { facts, moment, status = null, replayed = false } = said;
  options.recorder.record({ stream: "call", ...facts, moment, status, replayed });
}

function baseFacts({ options, instance, callId }: Context) {
  const version = options.versionOf?.(instance);
  return { callId, api: options.api, instance, ...(version === undefined ? {} : { version }) };
}

function factsOf(context: Context, request: IncomingMessage, body: string): CallFacts {
  const header = request.headers["idempotency-key"];
  const intent = context.options.attribution.identify(
    `${JSON.stringify(request.headers)} ${request.url ?? ""} ${body}`,
  );
  return {
    ...baseFacts(context),
    idempotencyKey: typeof header === "string" ? header : null,
    key: intent?.key ?? null,
    eventId: intent?.eventId ?? null,
    amount: amountIn(body),
    payloadHash: createHash("sha256").update(body).digest("hex").slice(0, 16),
  };
}

function amountIn(body: string): number | null {
  const match = /"amount"\s*:\s*(-?\d{1,15})\b/.exec(body);
  return match?.[1] === undefined ? null : Number(match[1]);
}

function required(address: AddressInfo | null, instance: string): HostPort {
  if (address === null) throw new Error(`The API double has no listener for ${instance}.`);
  return { host: address.address, port: address.port };
}
