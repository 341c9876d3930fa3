import { createServer, type Server, type ServerResponse } from "node:http";

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly check: () => Promise<boolean>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** GET /healthz (200 when `check` holds, 503 otherwise) and GET /metrics. */
export async function startHealthServer(options: HealthOptions): Promise<Server> {
  const { check, metrics } = options;
  const server = createServer((request, response) => {
    if (request.url === "/healthz") void answerHealth(response, check);
    else if (request.url === "/metrics") void answerMetrics(response, metrics);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => resolve());
  });
  return server;
}

async function answerHealth(
  response: ServerResponse,
  check: HealthOptions["check"],
): Promise<void> {
  const isHealthy = await check().catch(() => false);
  response.writeHead(isHealthy ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify({ status: isHealthy ? "ok" : "unavailable" }));
}

async function answerMetrics(
  response: ServerResponse,
  metrics: HealthOptions["metrics"],
): Promise<void> {
  try {
    const text = await metrics.text();
    response.writeHead(200, { "content-type": metrics.contentType }).end(text);
  } catch {
    // A gauge could not be read: no numbers are better than wrong ones.
    response.writeHead(503).end();
  }
}
