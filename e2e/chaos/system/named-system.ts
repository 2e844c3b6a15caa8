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

/** The most replicas of a service. */
export const REPLICAS_MAX = 3;
/** Short, so that connections end all the time during other faults. */
const CONNECTION_AGE_MS = 3_000;
const PRELOAD = resolve("e2e/chaos/system/ask-dns-server.ts");

/**
 * A system whose services are found by name (service discovery by DNS). A service has one port, and
 * each replica an address of its own, as a headless Service of Kubernetes has them.
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

  /** Creates a system without starting its processes. No name has an address yet. */
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

  /** The URL of each gateway for clients. */
  get gatewayUrls(): readonly string[] {
    return GATEWAYS.map((name) => `http://${HOST}:${this.#portsOf(name).own}`);
  }

  /** The folder of the logs, the databases' data and the images' bytes. */
  get folder(): string {
    return this.#folder;
  }

  /** Returns one process. */
  process(name: string): SystemProcess {
    const found = this.#processes.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** Returns the URL of a process's metrics. */
  metricsUrl(name: string): string {
    return `http://${HOST}:${this.#portsOf(name).operations}/metrics`;
  }

  /** Sets the replicas to which a service's name resolves. */
  list(service: Service, replicas: readonly string[]): void {
    this.#dns.set(`${service}.test`, replicas.map(hostOf));
  }

  /** Starts processes, and waits until all are ready. */
  async start(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.process(name).start()));
    await Promise.all(names.map((name) => this.process(name).untilReady()));
  }

  /**
   * Starts databases, worker and gateways, and this many replicas of each service, and lists these
   * replicas.
   */
  async startAll(replicas: number): Promise<void> {
    await this.start(SERVICES.map((service) => `${service}-db`));
    for (const service of SERVICES) this.list(service, replicasOf(service, replicas));
    const services = SERVICES.flatMap((service) => replicasOf(service, replicas));
    await this.start([...services, WORKER, ...GATEWAYS]);
  }

  /** Freezes a process. If the suite is killed meanwhile, the process is woken. */
  async freeze(name: string): Promise<void> {
    await this.process(name).freeze();
    this.#guard.watch(this.process(name).frozen);
  }

  /** Wakes a frozen process. */
  async thaw(name: string): Promise<void> {
    await this.process(name).thaw();
    this.#guard.watch([]);
  }

  /** Ends every process that runs, and removes the data. */
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

  /**
   * Makes a process dial by name, and a replica listen on its own address at its service's port.
   */
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
        ALLOW_PLAINTEXT: "true", // a name may resolve to another machine; these do not
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

/** Returns the address of a replica: 127.0.0.2 for the second. */
function hostOf(replica: string): string {
  return `127.0.0.${replica.split("-")[1]}`;
}
