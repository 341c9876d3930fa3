import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { HarnessError } from "../../model/errors.ts";
import type { SubjectProcess, SubjectRunner, SubjectSpec } from "../../ports/subject.ts";
import { minimalEnvironment, type Child } from "./child.ts";
import {
  faketimeEnvironment,
  findFaketime,
  leftBehind,
  noClockStep,
  writeOffset,
} from "./faketime.ts";
import { findFreePorts } from "./free-ports.ts";
import { processesWith } from "./process-identity.ts";
import { signalProcess } from "./reap.ts";
import type { RunSession } from "./run-session.ts";

const HEALTH_TIMEOUT_MS = 1_000;

export async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false; // Refused, reset or too slow: not healthy is the answer, not an error.
  }
}

export async function read(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    return answer.status === 200 ? await answer.text() : null;
  } catch {
    return null; // Nobody answers: what was not read is judged as not read.
  }
}

export async function readDate(url: string): Promise<number | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await answer.body?.cancel();
    const date = Date.parse(answer.headers.get("date") ?? "");
    return Number.isNaN(date) ? null : date;
  } catch {
    return null; // Nobody answers: asked again until a deadline.
  }
}

/** Runs subjects as local processes, each in its own group and journaled with the run. */
export function createSubjectRunner(session: RunSession): SubjectRunner {
  return {
    listenHost: "127.0.0.1",
    freePorts: findFreePorts,
    isHealthy,
    read,
    readDate,
    stepClock: (instance, stepMs) => writeOffset(clockFile(session, instance), stepMs),
    async spawn(spec: SubjectSpec): Promise<SubjectProcess> {
      const mark = `GAMEDAY_PROCESS=${randomUUID()}`;
      const child = await session.start({
        kind: `subject ${spec.instance}`,
        command: spec.command,
        cwd: spec.cwd,
        env: {
          ...minimalEnvironment(),
          ...spec.env,
          ...clockOf(session, spec),
          GAMEDAY_PROCESS: mark.slice(16),
        },
        logFile: spec.logFile,
        stopSignal: "SIGKILL",
      });
      // Removed with the run's folder, by the reaper too.
      if (spec.hasOwnClock === true)
        leftBehind(child.pid).forEach((path) => session.journal.addFolder(path));
      return subjectProcess(spec, child, () => {
        const survivors = processesWith(mark);
        for (const pid of survivors) signalProcess(pid, "SIGKILL");
        return survivors;
      });
    },
  };
}

function clockFile({ folder }: RunSession, instance: string): string {
  return join(folder, `clock-${instance}`);
}

/** A step outlives a restart, as it does on a machine; a scenario begins with the right time. */
function clockOf(session: RunSession, spec: SubjectSpec): Readonly<Record<string, string>> {
  if (spec.hasOwnClock !== true) return {};
  const library = findFaketime();
  if (library === null) {
    const why = noClockStep(process.platform) ?? "libfaketime is gone";
    throw new HarnessError("environment", `${spec.instance} cannot start: ${why}.`);
  }
  const file = clockFile(session, spec.instance);
  if (spec.incarnation === 1) writeOffset(file, 0);
  return faketimeEnvironment(library, file);
}

/** An instance of the subject, in a process or a container. */
export function subjectProcess(
  { instance, incarnation }: SubjectSpec,
  child: Child,
  endSurvivors: () => readonly number[],
): SubjectProcess {
  const { pid, what, exited, signal, delivered, isStopped, stoppedState, lastLines } = child;
  const state = { isStopped, stoppedState, endSurvivors, lastLines };
  return { instance, incarnation, pid, what, exited, signal, delivered, ...state };
}
