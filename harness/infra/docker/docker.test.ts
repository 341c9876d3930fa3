import { expect, test } from "vitest";
import { renderServerProperties } from "../servers/kafka-properties.ts";
import { endpoints, urlOf } from "./endpoint.ts";
import { engineError } from "./engine.ts";
import { exitFrom } from "./events.ts";
import { environmentOf } from "./kafka-container.ts";
import { productOf } from "./probe.ts";
import { ownerLabel, ownerState } from "./labels.ts";

test.each([
  [0, false, { code: 0, signal: null }],
  [3, false, { code: 3, signal: null }],
  [137, false, { code: null, signal: "SIGKILL" }],
  [143, false, { code: null, signal: "SIGTERM" }],
  [137, true, { code: null, signal: "out-of-memory" }],
])("status %i with out of memory %s is %o", (status, wasOutOfMemory, exit) => {
  expect(exitFrom(status, wasOutOfMemory)).toEqual(exit);
});

test("each setting of Kafka becomes the variable that its image turns back into it", () => {
  expect(environmentOf("process.roles=broker\na_b.c-d=x=y\n\n# not a setting\n")).toEqual({
    KAFKA_PROCESS_ROLES: "broker",
    KAFKA_A__B_C___D: "x=y",
  });
});

test("in a container role listeners advertise the links, and the observer's stays on loopback", () => {
  const ports = { node: 1, observer: 20_001, controller: 20_002 };
  const upstream = { host: "127.0.0.1", port: 20_003 };
  const text = renderServerProperties({
    listeners: [{ role: "consumer-1", broker: 1, upstream, linkPort: 20_004 }],
    ports,
    cluster: [ports],
    dataFolder: "/data",
    hosts: { bound: "", roles: "links", peers: "links", node: (node) => `kafka-${node}` },
  });
  const { KAFKA_ADVERTISED_LISTENERS, KAFKA_LISTENERS, KAFKA_CONTROLLER_QUORUM_VOTERS } =
    environmentOf(text) as Record<string, string>;
  expect(KAFKA_ADVERTISED_LISTENERS).toBe("OBSERVER://127.0.0.1:20001,CONSUMER_1://links:20004");
  expect(KAFKA_LISTENERS).toBe("OBSERVER://:20001,CONSUMER_1://:20003,CONTROLLER://:20002");
  expect(KAFKA_CONTROLLER_QUORUM_VOTERS).toBe("1@kafka-1:20002");
});

test.each([
  ["unix:///run/x.sock", "unix:///run/x.sock"],
  ["tcp://127.0.0.1:2375", "tcp://127.0.0.1:2375"],
  ["tcp://localhost:2375", "tcp://localhost:2375"],
])("DOCKER_HOST %s is asked, and nothing else", (given, url) => {
  expect(endpoints({ DOCKER_HOST: given }).map(urlOf)).toEqual([url]);
});

test.each(["tcp://10.0.0.7:2375", "ssh://me@build-host", "nonsense"])(
  "DOCKER_HOST %s is refused: gameday stays on this machine",
  (given) => {
    expect(() => endpoints({ DOCKER_HOST: given })).toThrow(/uses an engine of this machine only/);
  },
);

test("this process is alive by its label, a later boot's is dead, another machine's is unknown", () => {
  const label = ownerLabel();
  const [host = "", boot = "", pid = "", start = ""] = label.split("|");
  expect(ownerState(label)).toBe("alive");
  expect(ownerState([host, boot, pid, `${start}0`].join("|"))).toBe("dead");
  expect(ownerState([host, "another boot", pid, start].join("|"))).toBe("dead");
  expect(ownerState(["elsewhere", boot, pid, start].join("|"))).toBe("unknown");
  expect(ownerState("")).toBe("unknown");
});

test.each([
  ["", "Podman Engine", "Podman Engine"],
  ["linux/amd64/debian-12", "Podman Engine", "Podman Engine"],
  ["Docker Engine - Community", "Engine", "Docker Engine - Community"],
  ["", "", "Docker"],
])("an engine of platform %j and component %j is called %j", (platform, component, product) => {
  expect(productOf(platform, component)).toBe(product);
});

test.each([
  ["write /x: no space left on device", /docker system prune/],
  // As Docker 20.10.24 on a full disk says when it loads an image, makes a container, makes a network.
  [
    "Error processing tar file(exit status 1): write /40e4581375dc/layer.tar: no space left on device",
    /docker system prune/,
  ],
  [
    "(HTTP code 500) server error - write /var/lib/docker/overlay2/02916153282a-init/link: no space left on device",
    /docker system prune/,
  ],
  [
    "(HTTP code 500) server error - failed to update bridge store for object type *bridge.networkConfiguration: write /var/lib/docker/network/files/local-kv.db: no space left on device",
    /docker system prune/,
  ],
  ["Bind for 127.0.0.1:20000 failed: port is already allocated", /run again/],
  [
    "(HTTP code 500) server error - driver failed programming external connectivity on endpoint x (1a2b): Error starting userland proxy: listen tcp4 127.0.0.1:20000: bind: address already in use",
    /run again/,
  ],
  [
    "runc create failed: error setting rlimit type 7: operation not permitted: OCI permission denied",
    /default_ulimits/,
  ],
  ["connect EACCES /var/run/docker.sock", /usermod -aG docker/],
  ["pull access denied for nobody/nothing", /docker login/],
  ["connect ENOENT /var/run/docker.sock", /start it/],
])("what the engine says (%s) comes with what to do", (said, fix) => {
  const error = engineError("It failed", new Error(said));
  expect(error.code).toBe("environment");
  expect(error.message).toContain(said);
  expect(error.message).toMatch(fix);
});
