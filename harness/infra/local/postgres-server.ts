import { randomBytes } from "node:crypto";
import { chmodSync, chownSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PostgresPart } from "../servers/parts.ts";
import { POSTGRES_SETTINGS, startServer } from "../servers/postgres-ready.ts";
import { makeOnce } from "../process/cache.ts";
import type { PartContext } from "./part-context.ts";
import { postgresCacheFolder, provisionPostgres, serverUser } from "./postgres-binaries.ts";
import { copyFolder, runTool } from "./tools.ts";

const USER = "gameday";
const INITDB_TIMEOUT_MS = 60_000;

const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  ...POSTGRES_SETTINGS,
] as const;

function environment(): Readonly<Record<string, string>> {
  return { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" };
}

async function initialise(draft: string, bin: string): Promise<void> {
  const user = serverUser();
  const data = join(draft, "data");
  const passwordFile = join(draft, "password");
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, randomBytes(16).toString("hex"), { mode: 0o600 });
  if (user !== undefined) {
    chmodSync(draft, 0o755);
    chownSync(data, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  const identity = [`--username=${USER}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"];
  const locale = ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"];
  const args = ["-D", data, ...identity, ...locale];
  const options = { timeoutMs: INITDB_TIMEOUT_MS, env: environment(), cwd: draft, user };
  await runTool({ program: join(bin, "initdb"), args, ...options });
}

/** Starts Postgres on a copy of the golden data directory; ready when `SELECT 1` answered. */
export async function startPostgres(context: PartContext, port: number): Promise<PostgresPart> {
  const { session } = context;
  const { name, bin } = await provisionPostgres();
  const golden = await makeOnce(join(postgresCacheFolder(), `${name}-data`), async (draft) => {
    context.progress("Postgres: initialising an empty data directory (first time only)…");
    await initialise(draft, bin);
  });
  const password = await readFile(join(golden, "password"), "utf8");
  const data = join(session.folder, "postgres-data");
  await rm(data, { recursive: true, force: true });
  await copyFolder(join(golden, "data"), data);
  const settings = [...SETTINGS, `port=${port}`].flatMap((setting) => ["-c", setting]);
  const start = () =>
    session.start({
      kind: "postgres",
      command: [join(bin, "postgres"), "-D", data, ...settings],
      cwd: session.folder,
      env: environment(),
      logFile: join(context.logFolder, "postgres.log"),
      stopSignal: "SIGQUIT",
      user: serverUser(),
    });
  const address = { host: "127.0.0.1", port, user: USER, password };
  return startServer(address, start);
}
