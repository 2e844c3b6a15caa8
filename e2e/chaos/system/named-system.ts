import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DnsServer } from "#chaos/network/dns-server.ts";
import { findFreePorts, HOST } from "#chaos/network/loopback-ports.ts";
import { SERVICES, type Service } from "./chaos-targets.ts";
import { type FreezeGuard, startFreezeGuard } from "./freeze-guard.ts";
import {
  GATEWAYS,
  planSystem,
  processNames,
  replicasOf,
  type SystemPlan,
  WORKER,
} from "./system-plan.ts";
import { type ProcessDefinition, SystemProcess } from "./system-process.ts";
import { createSystemSecrets } from "./system-secrets.ts";

/** How many replicas of a service there are at most. */
export const REPLICAS_MAX = 3;
/** Short, so that connections end all the time, whatever else is played. */
const CONNECTION_AGE_MS = 3_000;
const PRELOAD = resolve("e2e/chaos/system/ask-dns-server.ts");

/**
 * A system whose services are dialled by name: each has one port, on an address of its own for each
 * replica, as a headless Service has it.
 */
export class NamedSystem {
  readonly #folder: string;
  readonly #plan: SystemPlan;
  readonly #dns: DnsServer;
  readonly #processes: ReadonlyMap<string, SystemProcess>;
  readonly #guard: FreezeGuard = startFreezeGuard();

  private constructor(plan: SystemPlan, dns: DnsServer) {
    this.#folder = plan.folder;
    this.#plan = plan;
    this.#dns = dns;
    const definitions = planSystem(plan).map((one) => this.#named(one));
    this.#processes = new Map(definitions.map((one) => [one.name, new SystemProcess(one)]));
  }

  /** Makes a system of which nothing runs yet, and no name leads anywhere. */
  static async create(failurePolicy: "on" | "off"): Promise<NamedSystem> {
    const names = processNames(REPLICAS_MAX);
    const free = await findFreePorts(names.length * 2);
    const ports = new Map(
      names.map((name, index) => {
        const [own = 0, operations = 0] = free.slice(index * 2);
        return [name, { own, operations, link: own }];
      }),
    );
    // The worker's link is the way to its database.
    const database = ports.get("images-db")?.own ?? 0;
    ports.set(WORKER, { ...(ports.get(WORKER) ?? { own: 0, operations: 0 }), link: database });
    const folder = await mkdtemp(join(tmpdir(), "triptych-names-"));
    await mkdir(join(folder, "blobs"));
    const dns = new DnsServer();
    await dns.start();
    const secrets = createSystemSecrets();
    return new NamedSystem({ folder, ports, secrets, failurePolicy, replicas: REPLICAS_MAX }, dns);
  }

  /** Where clients reach each gateway. */
  get gatewayUrls(): readonly string[] {
    return GATEWAYS.map((name) => `http://${HOST}:${this.#portsOf(name).own}`);
  }

  /** The folder of the logs, of what the databases keep, and of the images' bytes. */
  get folder(): string {
    return this.#folder;
  }

  /** One process. */
  process(name: string): SystemProcess {
    const found = this.#processes.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** Where a process tells its metrics. */
  metricsUrl(name: string): string {
    return `http://${HOST}:${this.#portsOf(name).operations}/metrics`;
  }

  /** Lets a service's name lead to these replicas of it. */
  list(service: Service, replicas: readonly string[]): void {
    this.#dns.set(`${service}.test`, replicas.map(hostOf));
  }

  /** Starts processes, and waits until all are ready. */
  async start(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.process(name).start()));
    await Promise.all(names.map((name) => this.process(name).untilReady()));
  }

  /**
   * Starts databases, worker and gateways, and so many replicas of each service; and lists these.
   */
  async startAll(replicas: number): Promise<void> {
    await this.start(SERVICES.map((service) => `${service}-db`));
    for (const service of SERVICES) this.list(service, replicasOf(service, replicas));
    const services = SERVICES.flatMap((service) => replicasOf(service, replicas));
    await this.start([...services, WORKER, ...GATEWAYS]);
  }

  /** Freezes a process. Should the suite be killed meanwhile, the process is woken. */
  async freeze(name: string): Promise<void> {
    await this.process(name).freeze();
    this.#guard.watch(this.process(name).frozen);
  }

  /** Lets a frozen process go on. */
  async thaw(name: string): Promise<void> {
    await this.process(name).thaw();
    this.#guard.watch([]);
  }

  /** Ends every process that is still there, and removes the data. */
  async end(): Promise<void> {
    const all = [...this.#processes.values()];
    await Promise.all(all.map((one) => one.thaw()));
    const isDatabase = ({ name }: SystemProcess) => name.endsWith("-db");
    await Promise.all(all.filter((one) => !isDatabase(one)).map((one) => one.stop()));
    await Promise.all(all.filter(isDatabase).map((one) => one.stop()));
    this.#dns.close();
    this.#guard.dismiss();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Lets a process dial by name, and a replica listen on its own address at its service's port. */
  #named(definition: ProcessDefinition): ProcessDefinition {
    const { name, environment } = definition;
    const addresses = SERVICES.map((service) => [
      `${service.toUpperCase()}_ADDRESS`,
      `${service}.test:${this.#portOf(service)}`,
    ]);
    const service = SERVICES.find((one) => replicasOf(one, REPLICAS_MAX).includes(name));
    return {
      ...definition,
      environment: {
        ...environment,
        ...Object.fromEntries(addresses),
        NODE_OPTIONS: `--import=${PRELOAD}`,
        DNS_SERVER: this.#dns.address,
        ALLOW_PLAINTEXT: "true", // a name could lead to another machine; these do not
        ...(service && {
          GRPC_HOST: hostOf(name),
          GRPC_PORT: String(this.#portOf(service)),
          MAX_CONNECTION_AGE_MS: String(CONNECTION_AGE_MS),
        }),
      },
    };
  }

  #portOf(service: Service): number {
    return this.#portsOf(`${service}-1`).own;
  }

  #portsOf(name: string) {
    const found = this.#plan.ports.get(name);
    if (found === undefined) throw new Error(`${name} has no ports`);
    return found;
  }
}

/** The address of a replica: 127.0.0.2 of the second. */
function hostOf(replica: string): string {
  return `127.0.0.${replica.split("-")[1]}`;
}
