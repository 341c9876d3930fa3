import { hostname, release } from "node:os";
import { ask, findEngine, type FoundEngine } from "./probe.ts";

const INFO_TIMEOUT_MS = 10_000;

/** What an engine says of itself, as far as gameday asks; 0 and "" where it says nothing. */
export interface EngineInfo {
  readonly system: string;
  readonly memoryBytes: number;
  /** Where it keeps images and containers, by its own file system. */
  readonly folder: string;
  /** It runs in a user's namespaces: its bridges are not this machine's. */
  readonly isRootless: boolean;
  /** It says outright that it is not rootless, and runs on this machine's kernel. */
  readonly isOnThisKernel: boolean;
  /** Why it cannot pause a container; null when it can. */
  readonly noPause: string | null;
}

/** Fields of GET /info of Docker and of Podman, which has some more. */
interface Told {
  readonly OperatingSystem?: string;
  readonly MemTotal?: number;
  readonly DockerRootDir?: string;
  readonly SecurityOptions?: readonly string[];
  readonly Rootless?: boolean;
  readonly Name?: string;
  readonly KernelVersion?: string;
  readonly CgroupDriver?: string;
  readonly CgroupVersion?: string;
}

export function engineInfo(told: Told): EngineInfo {
  const isRootless =
    told.Rootless === true ||
    told.SecurityOptions?.some((option) => option.includes("rootless")) === true;
  const hasFreezer = !isRootless || (told.CgroupDriver !== "none" && told.CgroupVersion !== "1");
  return {
    system: told.OperatingSystem ?? "",
    memoryBytes: told.MemTotal ?? 0,
    folder: told.DockerRootDir ?? "",
    isRootless,
    isOnThisKernel:
      told.Rootless === false && told.Name === hostname() && told.KernelVersion === release(),
    noPause: hasFreezer
      ? null
      : "a rootless engine without cgroup v2 cannot pause a container. Use --stack local, or a machine with cgroup v2 and systemd",
  };
}

/** Asks the engine; it told its version, so what it does not tell now is left out. Never throws. */
export async function infoOf({ endpoint }: Pick<FoundEngine, "endpoint">): Promise<EngineInfo> {
  try {
    return engineInfo((await ask(endpoint, "/info", INFO_TIMEOUT_MS)).body as Told);
  } catch {
    return engineInfo({});
  }
}

/** Why the engine that would be used cannot pause a container; null when it can, or there is none. */
export async function noPause(): Promise<string | null> {
  const found = await findEngine();
  return "version" in found ? (await infoOf(found)).noPause : null;
}
