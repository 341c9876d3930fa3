#!/usr/bin/env node
// Starts gameday on a Node that can run it: this one, or the `node` package installed beside it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(home, "harness", "cli", "main.ts");
const compiled = join(home, "dist", "harness", "cli", "main.js");
// Node does not run TypeScript below node_modules: an installed package has dist/.
const main = existsSync(compiled) && home.includes("node_modules") ? compiled : source;
const entry = existsSync(main) ? main : compiled;

if (Number(process.versions.node.split(".")[0]) >= 22) {
  await import(pathToFileURL(entry).href);
} else {
  const node = ownNode();
  if (node === null) {
    process.stderr.write(
      `gameday: Node ${process.versions.node} is too old; it needs 22.22 or later. Install it, or: npm install --save-dev node@24\n`,
    );
    process.exit(3);
  }
  // The IPC channel tells the child when this process is gone, kill -9 included.
  const child = spawn(node, [entry, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      // Ctrl-C reaches the whole foreground group; only a signal sent to us alone is passed on.
      if (signal === "SIGTERM" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // Fires a manual fault during a live game day; a signal that is not passed on would end us.
  process.on("SIGUSR2", () => child.kill("SIGUSR2"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 5)));
}

function ownNode() {
  try {
    const require = createRequire(import.meta.url);
    const path = join(dirname(require.resolve("node/package.json")), "bin", "node");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
