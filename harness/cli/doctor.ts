import type { DockerConfig } from "../model/config.ts";
import { EXIT_CODES } from "../model/verdict.ts";
import type { Diagnosis } from "../ports/stack.ts";
import type { StackName } from "./session.ts";

/**
 * What each stack needs and what is there. Exit 0 when the stack asked for can be started; for `auto`,
 * when any can.
 */
export async function doctor(options: {
  readonly stack: StackName;
  readonly config?: string | undefined;
  readonly print: (line: string) => void;
}): Promise<number> {
  const { stack, print } = options;
  const isReady: boolean[] = [];
  for (const name of ["local", "docker"] as const) {
    if (stack !== "auto" && stack !== name) continue;
    const diagnoses = await (name === "local" ? localNeeds() : dockerNeeds(options.config));
    print(`stack ${name}`);
    for (const line of diagnoses.flatMap(linesOf)) print(line);
    isReady.push(diagnoses.every(({ status }) => status !== "missing"));
  }
  return isReady.some(Boolean) ? EXIT_CODES.pass : EXIT_CODES.environment;
}

function linesOf({ name, status, found, needed, fix }: Diagnosis): readonly string[] {
  return [
    `  ${status.padEnd(16)} ${name.padEnd(18)} ${found} (${needed})`,
    ...(fix === null ? [] : [`  ${" ".repeat(17)}fix: ${fix}`]),
  ];
}

async function localNeeds(): Promise<readonly Diagnosis[]> {
  const { createLocalStack } = await import("../infra/local/local-stack.ts");
  return createLocalStack().diagnose();
}

async function dockerNeeds(config: string | undefined): Promise<readonly Diagnosis[]> {
  const { diagnoseDocker } = await import("../infra/docker/diagnose.ts");
  const { imagesOf } = await import("../infra/docker/image-names.ts");
  return diagnoseDocker(imagesOf(await dockerConfig(config)));
}

/** The doctor is asked before there is a configuration, too. */
async function dockerConfig(config: string | undefined): Promise<DockerConfig | undefined> {
  const { load } = await import("./load.ts");
  try {
    return (await load(config)).config.docker;
  } catch (error) {
    if (config !== undefined) throw error;
    return undefined; // No configuration here: the images that gameday is tested with.
  }
}
