import { HarnessError } from "../../model/errors.ts";
import type { SubjectContainer } from "../../model/config.ts";
import type { SubjectProcess, SubjectRunner, SubjectSpec } from "../../ports/subject.ts";
import { findFreePorts } from "../process/free-ports.ts";
import { isHealthy, read, readDate, subjectProcess } from "../process/subject-runner.ts";
import { EngineContainer, type EngineRun } from "./container.ts";
import type { RunNetworks } from "./network.ts";

/**
 * Runs each instance in a container of its own. Its end ends every process in it, so that nothing
 * survives; a container that has ended is removed at once.
 */
export function createContainerSubjects(means: {
  readonly run: EngineRun;
  readonly networks: RunNetworks;
  readonly imageOf: (container: SubjectContainer) => Promise<string>;
}): SubjectRunner {
  const removals = new Map<string, Promise<unknown>>();
  return {
    listenHost: "0.0.0.0",
    freePorts: findFreePorts,
    isHealthy,
    read,
    readDate,
    stepClock: () => {
      throw new HarnessError(
        "internal",
        "A container's clock is its machine's: it is not stepped.",
      );
    },
    async spawn(spec: SubjectSpec): Promise<SubjectProcess> {
      const { container: declared } = spec;
      if (declared === undefined) {
        const message = `${spec.instance} has no container to run in: say subject.next.container.`;
        throw new HarnessError("usage", message);
      }
      // The engine gives an instance's port back when its last container is removed, not when it ends.
      await removals.get(spec.instance);
      const container = new EngineContainer(means.run, {
        kind: `subject ${spec.instance}`,
        image: await means.imageOf(declared),
        env: spec.env,
        command: declared.command,
        network: means.networks.links,
        aliases: [spec.instance],
        ports: [spec.httpPort],
        extraHosts: means.networks.extraHosts,
        logFile: spec.logFile,
      });
      const child = await container.start();
      const removed = child.exited.then(() => container.remove());
      removals.set(
        spec.instance,
        removed.catch(() => undefined), // swept at the end
      );
      return subjectProcess(spec, child, () => []);
    },
  };
}
