import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts, HOST } from "#chaos/network/loopback-ports.ts";
import { GrpcLink } from "#chaos/proxy/grpc-link.ts";
import type { Link } from "#chaos/proxy/link-mode.ts";
import { TcpProxy } from "#chaos/proxy/tcp-proxy.ts";
import { SERVICES } from "./chaos-targets.ts";
import { type FreezeGuard, startFreezeGuard } from "./freeze-guard.ts";
import {
  GATEWAYS,
  type Ports,
  planSystem,
  processNames,
  type SystemPlan,
  WORKER,
} from "./system-plan.ts";
import { SystemProcess } from "./system-process.ts";
import { createSystemSecrets } from "./system-secrets.ts";

/** The options of a system. */
export interface SystemOptions {
  /** The replicas of each service. There are always two gateways. */
  readonly replicas: 1 | 2;
  /** Off is the control arm: the same system without its defence. */
  readonly failurePolicy: "on" | "off";
}

const PORTS_EACH = 3;

/**
 * The chaos system: every process of Triptych as a process of its own, with a link between any two
 * that can be damaged.
 */
export class ChaosSystem {
  /** The URL of each gateway's metrics. */
  readonly gatewayMetricsUrls: readonly string[];
  readonly #folder: string;
  readonly #processes: ReadonlyMap<string, SystemProcess>;
  readonly #links: ReadonlyMap<string, Link>;
  readonly #guard: FreezeGuard = startFreezeGuard();

  private constructor(plan: SystemPlan) {
    this.#folder = plan.folder;
    this.gatewayMetricsUrls = GATEWAYS.map(
      (name) => `http://${HOST}:${known(plan.ports, name).operations}/metrics`,
    );
    const definitions = planSystem(plan);
    this.#processes = new Map(definitions.map((one) => [one.name, new SystemProcess(one)]));
    this.#links = new Map(
      [...plan.ports].map(([name, ports]) => [name, linkTo(name, ports, plan)]),
    );
  }

  /** Creates a system without starting its processes. */
  static async create(options: SystemOptions): Promise<ChaosSystem> {
    const names = processNames(options.replicas);
    const free = await findFreePorts(names.length * PORTS_EACH);
    const ports = new Map(
      names.map((name, index) => {
        const [own = 0, operations = 0, link = 0] = free.slice(index * PORTS_EACH);
        return [name, { own, operations, link }];
      }),
    );
    const folder = await mkdtemp(join(tmpdir(), "triptych-chaos-"));
    await mkdir(join(folder, "blobs"));
    const system = new ChaosSystem({ ...options, folder, ports, secrets: createSystemSecrets() });
    await Promise.all([...system.#links.values()].map((link) => link.start()));
    return system;
  }

  /** The names of all processes: databases, services, worker, gateways. */
  get names(): readonly string[] {
    return [...this.#processes.keys()];
  }

  /** The URL of each gateway for clients. */
  get gatewayUrls(): readonly string[] {
    return GATEWAYS.map((name) => `http://${HOST}:${this.link(name).port}`);
  }

  /** The folder of the logs, the databases' data and the images' bytes. */
  get folder(): string {
    return this.#folder;
  }

  /** Returns one process. */
  process(name: string): SystemProcess {
    return known(this.#processes, name);
  }

  /** Returns the link in front of a process. The worker's link is the one to its database. */
  link(name: string): Link {
    return known(this.#links, name);
  }

  /** Starts everything, databases first, and waits until all is ready. */
  async start(): Promise<void> {
    const isDatabase = (name: string) => name.endsWith("-db");
    await this.#startAll(this.names.filter(isDatabase));
    await this.#startAll(this.names.filter((name) => !isDatabase(name)));
  }

  /** Freezes a process. If the suite is killed meanwhile, the process is woken. */
  async freeze(name: string): Promise<void> {
    await this.process(name).freeze();
    this.#watchFrozen();
  }

  /** Wakes a frozen process. */
  async thaw(name: string): Promise<void> {
    await this.process(name).thaw();
    this.#watchFrozen();
  }

  /** Ends every process that runs, in any state, and removes the data unless `keepData`. */
  async end({ keepData }: { readonly keepData: boolean }): Promise<void> {
    for (const link of this.#links.values()) await link.setMode({ kind: "pass" });
    const all = [...this.#processes.values()];
    await Promise.all(all.map((one) => one.thaw()));
    const isDatabase = ({ name }: SystemProcess) => name.endsWith("-db");
    await Promise.all(all.filter((one) => !isDatabase(one)).map((one) => one.stop()));
    await Promise.all(all.filter(isDatabase).map((one) => one.stop()));
    for (const link of this.#links.values()) await link.close();
    this.#guard.dismiss();
    if (!keepData) await rm(this.#folder, { recursive: true, force: true });
  }

  async #startAll(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.process(name).start()));
    await Promise.all(names.map((name) => this.process(name).untilReady()));
  }

  #watchFrozen(): void {
    this.#guard.watch([...this.#processes.values()].flatMap(({ frozen }) => frozen));
  }
}

/**
 * Creates the link in front of a process. The worker has no caller: its link is its own way to its
 * database.
 */
function linkTo(name: string, { link, own }: Ports, { ports }: SystemPlan): Link {
  if (name === WORKER) return new TcpProxy(link, ports.get("images-db")?.own ?? 0);
  const isService = SERVICES.some((service) => name.startsWith(service)) && !name.endsWith("-db");
  return isService ? new GrpcLink(link, own) : new TcpProxy(link, own);
}

function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new Error(`there is no ${name}: ${[...map.keys()].join(", ")}`);
  return found;
}
