import { createServer, type Server } from "node:http";

/** GET /healthz on loopback: 200 when `check` holds, 503 otherwise. */
export async function startHealthServer(
  port: number,
  check: () => Promise<boolean>,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== "/healthz") {
      response.writeHead(404).end();
      return;
    }
    void check()
      .catch(() => false)
      .then((isHealthy) => {
        response.writeHead(isHealthy ? 200 : 503, { "content-type": "application/json" });
        response.end(JSON.stringify({ status: isHealthy ? "ok" : "unavailable" }));
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  return server;
}
