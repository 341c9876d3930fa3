import { execFile, type ExecFileException } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { HarnessError, messageOf } from "../../model/errors.ts";

const OUTPUT_LINES = 20;

/** Path of a program on PATH, or null. */
export function findOnPath(program: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const candidate = join(folder, program);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue; // Not in this folder.
    }
  }
  return null;
}

export interface Tool {
  readonly program: string;
  /** Why the harness needs it, fits "needed to …". */
  readonly why: string;
  readonly install: string;
}

export const JAVA: Tool = {
  program: "java",
  why: "run the Kafka broker (Java 17 or later)",
  install: "apt-get install openjdk-17-jre-headless",
};
export const MAVEN: Tool = {
  program: "mvn",
  why: "fetch the Kafka jars once",
  install: "apt-get install maven",
};
export const GO: Tool = {
  program: "go",
  why: "build Toxiproxy once",
  install: "apt-get install golang-go, or put toxiproxy-server on PATH",
};

/** Path of a tool. Throws HarnessError("environment") naming it, its purpose and the fix. */
export function requireTool({ program, why, install }: Tool): string {
  const path = findOnPath(program);
  if (path === null) {
    const message = `\`${program}\` is not on PATH; it is needed to ${why}. Install it: ${install}`;
    throw new HarnessError("environment", message);
  }
  return path;
}

export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

function failure(run: ToolRun, error: ExecFileException, output: string): HarnessError {
  const command = [run.program, ...run.args].join(" ");
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const [first = ""] = messageOf(error).split("\n");
  const { signal } = error;
  const ended = typeof signal === "string" ? `${first}, ended by ${signal}` : first;
  return new HarnessError("environment", `\`${run.program}\` failed: ${ended}. Run it by hand.`, {
    details: [`command: ${command}`, ...lines.slice(-OUTPUT_LINES)],
    cause: error,
  });
}

/** Runs a program to its end and returns its output, stderr included. */
export function runTool(run: ToolRun): Promise<string> {
  const options = {
    encoding: "utf8",
    timeout: run.timeoutMs,
    killSignal: "SIGKILL",
    env: { ...process.env, ...run.env },
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    ...(run.signal === undefined ? {} : { signal: run.signal }),
    ...run.user,
  } as const;
  return new Promise((resolve, reject) => {
    execFile(run.program, run.args, options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) {
        resolve(output);
      } else {
        reject(failure(run, error, output));
      }
    });
  });
}

/** Copies a folder with owners, modes and links as they are. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await runTool({ program: "cp", args: ["-a", from, to], timeoutMs: 60_000 });
}
