import type { ContainerRuntimeClient } from "testcontainers";
import { HarnessError, messageOf } from "../../model/errors.ts";
import { withDeadline } from "../process/deadline.ts";
import { urlOf } from "./endpoint.ts";
import { requireEngine, type FoundEngine } from "./probe.ts";

const OPEN_TIMEOUT_MS = 15_000;
const CALL_TIMEOUT_MS = 30_000;

export type Docker = ContainerRuntimeClient["container"]["dockerode"];
export type ContainerHandle = ReturnType<Docker["getContainer"]>;

/** The engine's API, through the client that testcontainers has configured. */
export interface Engine {
  readonly found: FoundEngine;
  readonly docker: Docker;
  readonly runtime: ContainerRuntimeClient;
}

/** Opens the engine that answers. Throws HarnessError("environment") with the cause and the fix. */
export async function openEngine(): Promise<Engine> {
  const found = await requireEngine();
  // testcontainers looks in fewer places: it is told which engine has answered.
  process.env["DOCKER_HOST"] ??= urlOf(found.endpoint);
  const { getContainerRuntimeClient } = await import("testcontainers");
  const runtime = await withDeadline(
    { what: "testcontainers to find the engine", timeoutMs: OPEN_TIMEOUT_MS },
    getContainerRuntimeClient(),
  ).catch((cause: unknown) => {
    throw engineError("testcontainers found no engine", cause);
  });
  return { found, runtime, docker: runtime.container.dockerode };
}

/** Awaits one call of the engine with a deadline that names it; failures say what to do. */
export async function call<T>(
  what: string,
  work: Promise<T>,
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<T> {
  try {
    return await withDeadline({ what: `the engine to ${what}`, timeoutMs }, work);
  } catch (cause) {
    throw engineError(`The engine did not ${what}`, cause);
  }
}

/** The HTTP status in an error of the engine's client; null when there is none. */
export function statusOf(error: unknown): number | null {
  if (error instanceof HarnessError) return statusOf(error.cause);
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : null;
}

/** An error of the engine in our words: what happened, what the engine said, what to do. */
export function engineError(what: string, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause;
  const said = messageOf(cause);
  const advice = ADVICE.find(({ when }) => when.test(said))?.fix ?? "See `docker info`.";
  return new HarnessError("environment", `${what}: ${said.trim()}. ${advice}`, { cause });
}

const ENGINE_GONE =
  "The container engine has gone away: start it (sudo systemctl start docker) and run again; `gameday clean` removes what is left.";

/** When its event stream ends while a run is on. */
export function engineGone(): HarnessError {
  return new HarnessError("environment", ENGINE_GONE);
}

const ADVICE: readonly { readonly when: RegExp; readonly fix: string }[] = [
  { when: /no space left on device|disk quota/i, fix: "Free disk space: docker system prune." },
  {
    when: /port is already allocated|address already in use|failed to bind host port/i,
    fix: "Another program took the port meanwhile: run again.",
  },
  {
    when: /OCI (permission denied|runtime)|rlimit/i,
    fix: "The engine could not start a container at all: see its log (Podman: default_ulimits in containers.conf).",
  },
  {
    when: /EACCES|permission denied.*(docker|podman)\.sock|daemon socket/i,
    fix: "sudo usermod -aG docker $USER, then log in again.",
  },
  {
    when: /ECONNREFUSED|ENOENT|ECONNRESET|socket hang up|EPIPE/i,
    fix: ENGINE_GONE,
  },
  {
    when: /no such image|manifest unknown|not found|pull access denied|denied|unauthorized/i,
    fix: "Check the image name, docker login, and docker.images in gameday.config.ts.",
  },
  {
    when: /timeout|i\/o timeout|no such host|TLS handshake|connection refused|temporary failure/i,
    fix: "Check the network and the engine's proxy settings.",
  },
  { when: /all predefined address pools|subnet/i, fix: "Free networks: docker network prune." },
];
