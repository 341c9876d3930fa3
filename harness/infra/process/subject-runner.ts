import type { SubjectProcess, SubjectRunner, SubjectSpec } from "../../ports/subject.ts";
import { minimalEnvironment } from "./child.ts";
import { becomesStopped } from "./process-identity.ts";
import type { RunSession } from "./run-session.ts";

const HEALTH_TIMEOUT_MS = 1_000;

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false; // Refused, reset or too slow: not healthy is the answer, not an error.
  }
}

/** Runs subjects as local processes, each in its own group and journaled with the run. */
export function createSubjectRunner(session: RunSession): SubjectRunner {
  return {
    isHealthy,
    async spawn(spec: SubjectSpec): Promise<SubjectProcess> {
      const child = await session.start({
        kind: `subject ${spec.instance}`,
        command: spec.command,
        cwd: spec.cwd,
        env: { ...minimalEnvironment(), ...spec.env },
        logFile: spec.logFile,
        stopSignal: "SIGKILL",
      });
      return {
        instance: spec.instance,
        incarnation: spec.incarnation,
        pid: child.pid,
        exited: child.exited,
        signal: child.signal,
        isStopped: () => becomesStopped(child.pid),
        lastLines: child.lastLines,
      };
    },
  };
}
