import type { DockerConfig } from "../../model/config.ts";

export interface Images {
  readonly kafka: string;
  readonly postgres: string;
  readonly toxiproxy: string;
}

/** The images of the servers: as configured, else those that gameday is tested with. */
export function imagesOf(config: DockerConfig | undefined): Images {
  return {
    kafka: config?.images?.kafka ?? "apache/kafka:4.3.1",
    postgres: config?.images?.postgres ?? "postgres:18-alpine",
    toxiproxy: config?.images?.toxiproxy ?? "ghcr.io/shopify/toxiproxy:2.12.0",
  };
}
