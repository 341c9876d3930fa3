import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { HarnessError } from "../../model/errors.ts";

/** Where an engine's API may be: a socket of this machine, or a loopback port. */
export type Endpoint =
  | { readonly kind: "socket"; readonly path: string; readonly source: string }
  | {
      readonly kind: "port";
      readonly host: string;
      readonly port: number;
      readonly source: string;
    };

type Environment = Readonly<Record<string, string | undefined>>;

/** The endpoint in the form of DOCKER_HOST. */
export function urlOf(endpoint: Endpoint): string {
  if (endpoint.kind === "port") return `tcp://${endpoint.host}:${endpoint.port}`;
  return endpoint.path.startsWith("//") ? `npipe:${endpoint.path}` : `unix://${endpoint.path}`;
}

/**
 * Endpoints worth asking, in the order of the docker command itself: DOCKER_HOST alone when it is set,
 * the current context, then the sockets of Docker, Desktop, rootless Docker, Colima and Podman that are
 * there. Throws HarnessError("environment") for an engine of another machine: gameday stays on loopback.
 */
export function endpoints(environment: Environment = process.env): readonly Endpoint[] {
  const given = environment["DOCKER_HOST"];
  if (given !== undefined && given !== "") return [parseEndpoint(given, "DOCKER_HOST")];
  const context = contextHost(environment);
  if (context !== null) return [parseEndpoint(context, "the current docker context")];
  if (process.platform === "win32") {
    return [{ kind: "socket", path: "//./pipe/docker_engine", source: "Docker Desktop" }];
  }
  return places(environment)
    .filter(({ path }) => existsSync(path))
    .map(({ path, source }) => ({ kind: "socket" as const, path, source }));
}

function places(environment: Environment): readonly { path: string; source: string }[] {
  const home = homedir();
  const runtime = environment["XDG_RUNTIME_DIR"] ?? "/run/user/none";
  return [
    { path: "/var/run/docker.sock", source: "Docker" },
    { path: join(home, ".docker/run/docker.sock"), source: "Docker Desktop" },
    { path: join(home, ".docker/desktop/docker.sock"), source: "Docker Desktop" },
    { path: join(runtime, "docker.sock"), source: "rootless Docker" },
    { path: join(home, ".colima/default/docker.sock"), source: "Colima" },
    { path: join(runtime, "podman/podman.sock"), source: "rootless Podman" },
    { path: "/run/podman/podman.sock", source: "Podman" },
  ];
}

function parseEndpoint(text: string, source: string): Endpoint {
  const [, scheme = "", rest = ""] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === "unix" && rest.startsWith("/")) return { kind: "socket", path: rest, source };
  if (scheme === "npipe") return { kind: "socket", path: rest.replace(/^\/*/, "//"), source };
  const [, host = "", port = ""] = /^([^:/]+|\[::1\]):(\d+)\/?$/.exec(rest) ?? [];
  const isLoopback = host === "localhost" || host.startsWith("127.") || host === "[::1]";
  if ((scheme === "tcp" || scheme === "http") && isLoopback) {
    return { kind: "port", host, port: Number(port), source };
  }
  throw new HarnessError(
    "environment",
    `${source} names ${text}: gameday uses an engine of this machine only (unix:///path, or tcp://127.0.0.1:port without TLS)`,
  );
}

/** Host of the current docker context, from the files of the docker command; null for the default one. */
function contextHost(environment: Environment): string | null {
  const folder = environment["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
  try {
    const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as {
      currentContext?: string;
    };
    const name = environment["DOCKER_CONTEXT"] ?? config.currentContext ?? "default";
    if (name === "default") return null;
    const id = createHash("sha256").update(name).digest("hex");
    const meta = JSON.parse(
      readFileSync(join(folder, "contexts/meta", id, "meta.json"), "utf8"),
    ) as { Endpoints?: { docker?: { Host?: string } } };
    return meta.Endpoints?.docker?.Host ?? null;
  } catch {
    return null; // No docker command was ever used here: the sockets are all there is to know.
  }
}
