import { setTimeout as pause } from "node:timers/promises";
import { HarnessError, messageOf } from "../../model/errors.ts";
import type { Swept } from "../process/journal.ts";
import { call, openEngine, statusOf, type Docker } from "./engine.ts";
import { OWNER_LABEL, ownerState, RUN_LABEL } from "./labels.ts";

const ROUNDS_MAX = 20;
const ROUND_MS = 500;
/** A container whose creation was under way when its harness died appears a little later. */
const QUIET_ROUNDS_AFTER_DEATH = 4;

/** Everything with a label: containers (with their volumes), networks, volumes. */
interface Found {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

async function find(docker: Docker, label: string): Promise<Found> {
  const filters = { label: [label] };
  const [containers, networks, { Volumes: volumes }] = await call(
    `list what has the label ${label}`,
    Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ]),
  );
  return {
    containers: containers.map(({ Id }) => Id),
    networks: networks.map(({ Id }) => Id),
    volumes: volumes.map(({ Name }) => Name),
  };
}

/** Something that is gone, or going, is no failure; what stays is found by the next round. */
async function unlessGone(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    const status = statusOf(error);
    if (status === null || ![404, 409, 403].includes(status)) throw error;
  });
}

async function removeFound(docker: Docker, found: Found): Promise<void> {
  await call(
    "remove containers",
    Promise.all(
      found.containers.map((id) =>
        unlessGone(docker.getContainer(id).remove({ force: true, v: true })),
      ),
    ),
  );
  await call(
    "remove networks and volumes",
    Promise.all([
      ...found.networks.map((id) => unlessGone(docker.getNetwork(id).remove())),
      ...found.volumes.map((name) => unlessGone(docker.getVolume(name).remove())),
    ]),
  );
}

function isNothing({ containers, networks, volumes }: Found): boolean {
  return containers.length + networks.length + volumes.length === 0;
}

/**
 * Removes everything of a run and looks again until nothing is left. Rejects with HarnessError naming
 * what stayed. After the death of a harness it looks a few times more.
 */
export async function removeRun(
  docker: Docker,
  runId: string,
  after: "stop" | "death" = "stop",
): Promise<void> {
  const label = `${RUN_LABEL}=${runId}`;
  const quietWanted = after === "stop" ? 1 : QUIET_ROUNDS_AFTER_DEATH;
  let quiet = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const found = await find(docker, label);
    quiet = isNothing(found) ? quiet + 1 : 0;
    if (quiet >= quietWanted) return;
    await removeFound(docker, found);
    if (quiet > 0 || round > 0) await pause(ROUND_MS);
  }
  const left = await find(docker, label);
  const names = [...left.containers.map((id) => id.slice(0, 12)), ...left.networks].join(", ");
  throw new HarnessError(
    "environment",
    `Not removed after ${ROUNDS_MAX} attempts: ${names}. Restart the engine and run \`gameday clean\`.`,
  );
}

/** For a harness that is gone: opens the engine and removes everything of the run. */
export async function removeRunOf(runId: string): Promise<void> {
  const { docker } = await openEngine();
  await removeRun(docker, runId, "death");
}

/** Removes what the labels say belongs to dead harnesses of this machine. */
export async function sweepOrphans(docker: Docker): Promise<Swept & { readonly foreign: number }> {
  const { dead, foreign } = await orphanedRuns(docker);
  const runs: string[] = [];
  const kept: { readonly runId: string; readonly reason: string }[] = [];
  for (const runId of dead) {
    try {
      await removeRun(docker, runId);
      runs.push(runId);
    } catch (error) {
      kept.push({ runId, reason: messageOf(error) });
    }
  }
  return { runs, kept, foreign };
}

/** Run ids of containers and networks whose harness is dead; and how many are of other machines. */
async function orphanedRuns(
  docker: Docker,
): Promise<{ readonly dead: readonly string[]; readonly foreign: number }> {
  const filters = { label: [RUN_LABEL, OWNER_LABEL] };
  const [containers, networks] = await call(
    "list what gameday made",
    Promise.all([docker.listContainers({ all: true, filters }), docker.listNetworks({ filters })]),
  );
  const dead = new Set<string>();
  let foreign = 0;
  for (const { Labels: labels } of [...containers, ...networks]) {
    const state = ownerState(labels?.[OWNER_LABEL] ?? "");
    if (state === "dead") dead.add(labels?.[RUN_LABEL] ?? "");
    if (state === "unknown") foreign += 1;
  }
  return { dead: [...dead], foreign };
}
