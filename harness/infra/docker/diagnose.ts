import { statfs } from "node:fs/promises";
import type { Diagnosis } from "../../ports/stack.ts";
import { urlOf } from "./endpoint.ts";
import { infoOf, type EngineInfo } from "./engine-info.ts";
import type { Images } from "./image-names.ts";
import { ROOTLESS_FIX } from "./network.ts";
import { ask, findEngine, type FoundEngine } from "./probe.ts";

const ASK_TIMEOUT_MS = 5_000;
const MEMORY_BYTES_MIN = 2 * 1024 ** 3;
const DISK_BYTES_MIN = 5 * 1024 ** 3;

/** What the docker stack needs and whether it is there. Starts and pulls nothing. */
export async function diagnoseDocker(images: Images): Promise<readonly Diagnosis[]> {
  const needed = "runs the containers (Docker 20.10 or later, or Podman)";
  const found = await findEngine();
  if (!("version" in found)) {
    const { reason, fix } = found;
    return [{ name: "Engine", needed, status: "missing", found: reason, fix }];
  }
  const info = await infoOf(found);
  const kind = [
    `${found.product} ${found.version} (API ${found.apiVersion})`,
    info.system,
    info.isRootless ? "rootless" : "",
  ];
  return [
    {
      name: "Engine",
      needed,
      status: "ready",
      found: kind.filter((part) => part !== "").join(", "),
      fix: null,
    },
    {
      name: "Socket",
      needed: "where the engine is reached",
      status: "ready",
      found: `${urlOf(found.endpoint)} (${found.endpoint.source})`,
      fix: null,
    },
    ...rootlessNotes(info),
    memoryOf(info),
    await diskOf(info),
    {
      name: "Ryuk",
      needed: "nothing: gameday has a reaper of its own, and never starts Ryuk",
      status: "ready",
      found: "not used",
      fix: null,
    },
    ...(await Promise.all(Object.values(images).map((image) => imageOf(found, image)))),
  ];
}

function rootlessNotes({ isRootless, noPause }: EngineInfo): readonly Diagnosis[] {
  if (!isRootless) return [];
  return [
    {
      name: "Host loopback",
      needed: "the way from containers to gameday, which each run proves first",
      status: "optional",
      found: "a rootless engine closes it unless told otherwise",
      fix: ROOTLESS_FIX,
    },
    {
      name: "Pausing",
      needed: "faults pause and pause-broker",
      status: noPause === null ? "ready" : "optional",
      found: noPause === null ? "cgroup v2" : noPause,
      fix: null,
    },
  ];
}

function memoryOf({ memoryBytes: bytes }: EngineInfo): Diagnosis {
  const isEnough = bytes === 0 || bytes >= MEMORY_BYTES_MIN;
  return {
    name: "Engine's memory",
    needed: "Kafka, Postgres, Toxiproxy and the instances: 2 GB at least",
    status: isEnough ? "ready" : "missing",
    found: bytes === 0 ? "not told by the engine" : gigabytes(bytes),
    fix: isEnough ? null : "give the engine's virtual machine more memory (Settings > Resources)",
  };
}

async function diskOf({ folder }: EngineInfo): Promise<Diagnosis> {
  const needed = "images and logs: 5 GB at least";
  const name = "Engine's disk";
  try {
    const { bavail, bsize } = await statfs(folder);
    const isEnough = bavail * bsize >= DISK_BYTES_MIN;
    return {
      name,
      needed,
      status: isEnough ? "ready" : "missing",
      found: `${gigabytes(bavail * bsize)} free in ${folder}`,
      fix: isEnough ? null : "docker system prune",
    };
  } catch {
    // In a virtual machine, or not readable for this user.
    return { name, needed, status: "ready", found: "not visible from here", fix: null };
  }
}

async function imageOf({ endpoint }: FoundEngine, image: string): Promise<Diagnosis> {
  const needed = "image of the docker stack";
  const state = await imageState({ endpoint }, image);
  switch (state.kind) {
    case "present":
      return { name: "Image", needed, status: "ready", found: image, fix: null };
    case "pullable":
      return {
        name: "Image",
        needed,
        status: "will-be-fetched",
        found: `${image}, its registry has it`,
        fix: null,
      };
    case "missing":
      return {
        name: "Image",
        needed,
        status: "missing",
        found: `${image}: ${state.reason}`,
        fix: `docker pull ${image}, or name another one in docker.images of gameday.config.ts`,
      };
  }
}

export type ImageState =
  | { readonly kind: "present" }
  | { readonly kind: "pullable" }
  | { readonly kind: "missing"; readonly reason: string };

/** Whether an image is here, or else whether its registry has it for us. Never throws. */
export async function imageState(
  { endpoint }: Pick<FoundEngine, "endpoint">,
  image: string,
): Promise<ImageState> {
  try {
    const here = await ask(endpoint, `/images/${encodeURI(image)}/json`, ASK_TIMEOUT_MS);
    if (here.status === 200) return { kind: "present" };
    const there = await ask(endpoint, `/distribution/${encodeURI(image)}/json`, ASK_TIMEOUT_MS);
    if (there.status === 200) return { kind: "pullable" };
    const { message } = there.body as { message?: string };
    return { kind: "missing", reason: `not here, and ${message ?? `status ${there.status}`}` };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { kind: "missing", reason: `not here, and its registry was not reached: ${said}` };
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
