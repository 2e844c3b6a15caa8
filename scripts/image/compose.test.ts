import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { formatComposeEnvironment, makeComposeEnvironment } from "./compose-environment.ts";

interface Service {
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly build?: { readonly args: { readonly PACKAGE: string } };
  readonly image: string;
}

const COMPOSE = parse(readFileSync("compose.yaml", "utf8"), { merge: true });
const SERVICES: Readonly<Record<string, Service>> = COMPOSE.services;
/** Each process, and the function that reads its settings. */
const PROCESSES = [
  ["gateway", "gateway/src/config.ts", "CONFIGURATION_FIELDS", "readConfig"],
  ["users", "services/users/src/config.ts", "CONFIGURATION_FIELDS", "readConfig"],
  ["images", "services/images/src/config.ts", "CONFIGURATION_FIELDS", "readConfig"],
  [
    "images-worker",
    "services/images/src/config.ts",
    "WORKER_CONFIGURATION_FIELDS",
    "readWorkerConfig",
  ],
  ["comments", "services/comments/src/config.ts", "CONFIGURATION_FIELDS", "readConfig"],
] as const;
/** Variables that Node itself reads. */
const NODE_VARIABLES = ["UV_THREADPOOL_SIZE"];

/** The environment of a container, with its secrets filled in. */
function environmentOf(name: string): Record<string, string> {
  const secrets: Readonly<Record<string, string>> = makeComposeEnvironment();
  const entries = Object.entries(SERVICES[name]?.environment ?? {}).map(([key, value]) => [
    key,
    String(value).replaceAll(/\$\{(\w+):\?[^}]*\}/g, (_all, secret) => secrets[secret] ?? ""),
  ]);
  return Object.fromEntries(entries);
}

describe("compose.yaml", () => {
  test.each(PROCESSES)(
    "gives %s settings that it knows, and all that it needs",
    async (...process) => {
      const [name, path, fields, read] = process;
      const config = await import(pathToFileURL(resolve(path)).href);
      const environment = environmentOf(name);
      const known = Object.values<{ variable: string }>(config[fields]).map((one) => one.variable);
      const unknown = Object.keys(environment).filter((key) => !known.includes(key));
      expect(unknown.filter((key) => !NODE_VARIABLES.includes(key))).toEqual([]);
      expect(() => config[read](environment)).not.toThrow();
    },
  );

  test("has a database for each service, which only that service and its worker can reach", () => {
    for (const service of ["users", "images", "comments"]) {
      const network = `${service}-database`;
      const members = Object.keys(SERVICES).filter((name) =>
        SERVICES[name]?.networks?.includes(network),
      );
      const worker = service === "images" ? ["images-worker"] : [];
      expect(members.sort()).toEqual([service, network, ...worker].sort());
      expect(COMPOSE.networks[network]).toEqual({ internal: true });
      // The script makes an ordinary role of this name, which the image's POSTGRES_USER is not.
      const database = SERVICES[network];
      expect(Object.keys(database?.environment ?? {})).toEqual(["SERVICE", "POSTGRES_PASSWORD"]);
      expect(database?.environment?.SERVICE).toBe(service);
      const [script] = (database?.volumes ?? []).filter((volume) => volume.startsWith("./"));
      expect(script).toMatch(/^\S+\/create-role\.sql:\/docker-entrypoint-initdb\.d\/\S+:ro$/);
      expect(existsSync(script?.split(":")[0] ?? "")).toBe(true);
      expect(environmentOf(service).DATABASE_URL).toMatch(
        new RegExp(`^postgres://${service}:[\\w-]{32}@${network}:5432/${service}$`),
      );
    }
  });

  test("publishes the gateway, on this machine only, and nothing else", () => {
    const published = Object.values(SERVICES).flatMap(({ ports = [] }) => ports);
    expect(published).toEqual(SERVICES.gateway?.ports);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test("confines every container", () => {
    for (const [name, service] of Object.entries(SERVICES)) {
      const { read_only, cap_drop, security_opt } = service;
      expect([name, read_only, cap_drop, security_opt]).toEqual([
        name,
        true,
        ["ALL"],
        ["no-new-privileges:true"],
      ]);
      expect(service.image).toMatch(/:(?!latest$)[\w.-]+$/);
    }
  });

  test("asks every process how it is without a shell, on the port where it says so", () => {
    for (const [name] of PROCESSES) {
      const [kind, program, , script = ""] = SERVICES[name]?.healthcheck?.test ?? [];
      expect([kind, program]).toEqual(["CMD", "/usr/local/bin/node"]);
      const { PORT, METRICS_PORT = PORT } = environmentOf(name);
      expect(script).toContain(`'http://127.0.0.1:${METRICS_PORT}/readyz'`);
      const { status } = spawnSync(process.execPath, ["--check", "--input-type=module"], {
        input: script,
      });
      expect(status).toBe(0);
    }
  });

  test("builds each image from its package, and starts the worker out of images'", () => {
    const packages = PROCESSES.map(([name]) => SERVICES[name]?.build?.args.PACKAGE);
    expect(packages).toEqual(PROCESSES.map(([, path]) => path.replace("/src/config.ts", "")));
    expect(SERVICES["images-worker"]?.image).toBe(SERVICES.images?.image);
    for (const program of SERVICES["images-worker"]?.command ?? []) {
      expect(readFileSync(program, "utf8")).toContain("runProcess");
    }
  });

  test("takes secrets from the environment only, and names each that is made", () => {
    const text = readFileSync("compose.yaml", "utf8");
    const names = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    expect([...new Set(names)].sort()).toEqual(Object.keys(makeComposeEnvironment()).sort());
  });
});

describe("the environment of compose.yaml", () => {
  test("is new every time, and each value stands in single quotes on its line", () => {
    const environment = makeComposeEnvironment();
    const lines = formatComposeEnvironment(environment).trimEnd().split("\n");
    expect(lines).toEqual(Object.entries(environment).map(([name, value]) => `${name}='${value}'`));
    for (const value of Object.values(environment)) expect(value).not.toMatch(/['\n]/);
    const again: Readonly<Record<string, string>> = makeComposeEnvironment();
    for (const [name, value] of Object.entries(environment)) expect(again[name]).not.toBe(value);
  });
});
