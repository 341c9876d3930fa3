import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { PostgresPart } from "../servers/parts.ts";
import { POSTGRES_SETTINGS, startServer } from "../servers/postgres-ready.ts";
import { EngineContainer } from "./container.ts";
import type { StackParts } from "./stack-parts.ts";

const USER = "gameday";
const PORT = 5432;

/** Starts Postgres in a container; ready when `SELECT 1` answered. */
export function startPostgresContainer(parts: StackParts, port: number): Promise<PostgresPart> {
  const password = randomBytes(16).toString("hex");
  const container = new EngineContainer(parts.run, {
    kind: "postgres",
    image: parts.images.postgres,
    env: {
      POSTGRES_USER: USER,
      POSTGRES_PASSWORD: password,
      POSTGRES_INITDB_ARGS: "--encoding=UTF8 --locale=C --no-sync",
      TZ: "UTC",
    },
    command: ["postgres", ...POSTGRES_SETTINGS.flatMap((setting) => ["-c", setting])],
    network: parts.networks.servers,
    aliases: ["postgres"],
    ports: [],
    mapped: { [PORT]: port },
    logFile: join(parts.logFolder, "postgres.log"),
  });
  return startServer({ host: "127.0.0.1", port, user: USER, password }, () => container.start());
}
