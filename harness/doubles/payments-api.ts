/**
 * The double of the external payments API: raw node:http, one listener per instance (so that each
 * call is attributed without trusting the caller), one ledger. Modes follow what real providers do:
 * `idempotent-replay` stores the first answer per Idempotency-Key and replays it (Stripe's
 * behaviour); `no-idempotency` applies every request.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallEvent } from "../model/history.ts";
import type { ApiMode } from "../model/scenario.ts";
import type { ApiDouble } from "../ports/api.ts";
import type { HostPort, Recorder } from "../ports/basics.ts";
import type { Attribution } from "../ports/tap.ts";

const BODY_BYTES_MAX = 1_048_576;

export interface ApiDoubleOptions {
  readonly api: string;
  readonly instances: readonly string[];
  readonly mode: ApiMode;
  readonly recorder: Recorder;
  readonly attribution: Attribution;
}

interface Capture {
  readonly id: string;
  readonly idempotencyKey: string | null;
  readonly body: string;
}

type CallFacts = Omit<CallEvent, "stream" | "moment" | "status" | "replayed">;

class CaptureLedger {
  private readonly captures: Capture[] = [];
  private readonly byKey = new Map<string, Capture>();
  private nextId = 1;

  /** Applies the capture, or returns the one already stored for the key in replay mode. */
  apply(key: string | null, body: string, mode: ApiMode): { capture: Capture; replayed: boolean } {
    const known = key === null || mode === "no-idempotency" ? undefined : this.byKey.get(key);
    if (known !== undefined) return { capture: known, replayed: true };
    const capture = { id: `cap_${this.nextId++}`, idempotencyKey: key, body };
    this.captures.push(capture);
    if (key !== null) this.byKey.set(key, capture);
    return { capture, replayed: false };
  }

  lookup(key: string): readonly Capture[] {
    return this.captures.filter((capture) => capture.idempotencyKey === key);
  }
}

export async function startPaymentsApi(options: ApiDoubleOptions): Promise<ApiDouble> {
  const ledger = new CaptureLedger();
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
      void answer({ options, ledger, instance, callId }, request, response);
    });
    servers.set(instance, server);
    await listen(server);
  }
  return {
    addressFor: (instance) => addressOf(servers.get(instance), instance),
    owed: () => state.owed,
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface CallContext {
  readonly options: ApiDoubleOptions;
  readonly ledger: CaptureLedger;
  readonly instance: string;
  readonly callId: string;
}

async function answer(
  context: CallContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://api.invalid");
  if (url.pathname !== "/v1/captures") return send(response, 404, { error: "no such path" });
  if (request.method === "GET") {
    const captures = context.ledger.lookup(url.searchParams.get("idempotencyKey") ?? "");
    return send(response, 200, { captures: captures.map(({ id }) => ({ id })) });
  }
  if (request.method !== "POST") return send(response, 405, { error: "POST or GET only" });
  const body = await readBody(request);
  if (body === null) return send(response, 413, { error: "body too large or cut off" });
  capture(context, { request, response, body });
}

function capture(
  context: CallContext,
  call: { request: IncomingMessage; response: ServerResponse; body: string },
): void {
  const { recorder, mode } = context.options;
  const facts = factsOf(context, call.request, call.body);
  const base = { stream: "call", ...facts } as const;
  recorder.record({ ...base, moment: "received", status: null, replayed: false });
  const { capture: stored, replayed } = context.ledger.apply(facts.idempotencyKey, call.body, mode);
  recorder.record({ ...base, moment: "applied", status: null, replayed });
  send(call.response, 201, { id: stored.id });
  recorder.record({ ...base, moment: "answered", status: 201, replayed });
}

function factsOf(context: CallContext, request: IncomingMessage, body: string): CallFacts {
  const header = request.headers["idempotency-key"];
  const intent = context.options.attribution.identify(
    `${JSON.stringify(request.headers)} ${request.url ?? ""} ${body}`,
  );
  return {
    callId: context.callId,
    api: context.options.api,
    instance: context.instance,
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

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > BODY_BYTES_MAX) return null;
      chunks.push(bytes);
    }
  } catch {
    return null; // the caller went away before its request was complete: nothing was received
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function addressOf(server: Server | undefined, instance: string): HostPort {
  const address = server?.address() as AddressInfo | null | undefined;
  if (address === null || address === undefined) {
    throw new Error(`The API double has no listener for ${instance}.`);
  }
  return { host: "127.0.0.1", port: address.port };
}
