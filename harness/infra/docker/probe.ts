import { request, type RequestOptions } from "node:http";
import { HarnessError, messageOf } from "../../model/errors.ts";
import { endpoints, urlOf, type Endpoint } from "./endpoint.ts";

const ANSWER_TIMEOUT_MS = 2_000;
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** An engine that answered. */
export interface FoundEngine {
  readonly endpoint: Endpoint;
  readonly version: string;
  readonly apiVersion: string;
  /** "Docker Engine - Community", "Podman Engine", ... */
  readonly product: string;
}

export interface NoEngine {
  readonly reason: string;
  readonly fix: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One GET to the engine, without any library: `--stack auto` must cost milliseconds. */
export function ask(endpoint: Endpoint, path: string, timeoutMs: number): Promise<Answer> {
  const where: RequestOptions =
    endpoint.kind === "socket"
      ? { socketPath: endpoint.path }
      : { host: endpoint.host, port: endpoint.port };
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, path, headers: { host: "docker" } }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > BODY_BYTES_MAX) asked.destroy(new Error("the answer is too large"));
        chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, body: parse(text) });
      });
    });
    const late = (): void => void asked.destroy(new Error(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    asked.on("error", reject);
    asked.on("close", () => clearTimeout(timer));
    asked.end();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The first engine that answers; else why there is none, and what to do. Never throws. */
export async function findEngine(): Promise<FoundEngine | NoEngine> {
  let candidates: readonly Endpoint[];
  try {
    candidates = endpoints();
  } catch (error) {
    return { reason: messageOf(error), fix: "unset DOCKER_HOST, or use --stack local" };
  }
  let last: NoEngine = {
    reason: "no Docker or Podman socket was found",
    fix: "start Docker (Linux: sudo systemctl start docker; macOS and Windows: open Docker Desktop), or use --stack local",
  };
  for (const endpoint of candidates) {
    const found = await askVersion(endpoint);
    if ("version" in found) return found;
    last = found;
  }
  return last;
}

async function askVersion(endpoint: Endpoint): Promise<FoundEngine | NoEngine> {
  const where = `${endpoint.source} at ${urlOf(endpoint)}`;
  try {
    const { status, body } = await ask(endpoint, "/version", ANSWER_TIMEOUT_MS);
    const said = body as {
      Version?: string;
      ApiVersion?: string;
      Platform?: { Name?: string };
      Components?: readonly { Name?: string }[];
    };
    if (status !== 200 || typeof said.Version !== "string") {
      return {
        reason: `${where} answered ${status} to /version`,
        fix: "check what listens there, or use --stack local",
      };
    }
    return {
      endpoint,
      version: said.Version,
      apiVersion: said.ApiVersion ?? "unknown",
      product: productOf(said.Platform?.Name, said.Components?.[0]?.Name),
    };
  } catch (error) {
    return { reason: `${where}: ${messageOf(error)}`, fix: fixFor(error) };
  }
}

/** Podman names the system in place of itself: its first component is "Podman Engine". */
export function productOf(platform = "", component = ""): string {
  return component.startsWith("Podman") || platform === "" ? component || "Docker" : platform;
}

function fixFor(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "EACCES" || code === "EPERM") {
    return "let your user use the socket: sudo usermod -aG docker $USER, then log in again";
  }
  if (code === "ECONNREFUSED" || code === "ENOENT") {
    return "start the engine: sudo systemctl start docker, or open Docker Desktop";
  }
  return "restart the engine, or use --stack local";
}

/** The engine, or HarnessError("environment") with the reason and the fix. */
export async function requireEngine(): Promise<FoundEngine> {
  const found = await findEngine();
  if ("version" in found) return found;
  throw new HarnessError(
    "environment",
    `No container engine answers: ${found.reason}. Fix: ${found.fix}.`,
  );
}
