import type { Reporter } from "../model/reporter.ts";
import { renderRun, type TerminalOptions } from "../report/terminal.ts";

/** Prints the table, the first finding's story and the limits when a run is over. */
export function terminalReporter(setting: {
  readonly env: NodeJS.ProcessEnv;
  readonly isVerbose: boolean;
}): Reporter {
  const { env, isVerbose } = setting;
  return {
    id: "terminal",
    onEnd: ({ result }, { folder, print }) => {
      const isTTY = process.stdout.isTTY;
      const columns = isTTY ? process.stdout.columns : null;
      print(
        renderRun(result, { folder, columns, colourLevel: colourLevel(env, isTTY), isVerbose }),
      );
    },
  };
}

/** FORCE_COLOR decides, then NO_COLOR (no-color.org), then whether this is a terminal that can. */
export function colourLevel(
  env: NodeJS.ProcessEnv,
  isTTY: boolean,
): TerminalOptions["colourLevel"] {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) {
    if (forced === "0" || forced === "false") return 0;
    return forced === "2" ? 2 : forced === "3" ? 3 : 1;
  }
  const isRefused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isTTY && !isRefused && env["CI"] === undefined ? 1 : 0;
}
