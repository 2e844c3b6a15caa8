import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import { describeError } from "@triptych/chassis/lifecycle/describe-error";
import { fillCompileCache } from "#compile-cache/compile-cache.ts";
import type { ControlRequest, ControlResponse } from "#control/control-messages.ts";
import { type ControlServer, startControlServer } from "#control/control-server.ts";
import { type StackRecord, writeStackFile } from "#control/stack-file.ts";
import { lockDataFolder, unlockDataFolder } from "#control/stack-lock.ts";
import { type DataFolder, openDataFolder } from "#data-folder/data-folder.ts";
import { logPath, watchLogs } from "#data-folder/log-file.ts";
import { openStackSecrets } from "#data-folder/stack-secrets.ts";
import { StackError } from "#errors/stack-error.ts";
import { SERVICES } from "#parts/part-names.ts";
import type { PartStatus } from "#parts/part-status.ts";
import type { StackPart } from "#parts/stack-part.ts";
import type { Topology } from "#parts/topology.ts";
import {
  acceptConnections,
  closeSharedDatabases,
  ensureServiceDatabase,
} from "#postgres/ensure-service-database.ts";
import { NODE_OPTIONS } from "#processes/child-process.ts";
import { Mutex } from "#processes/mutex.ts";
import type { ProcessPart } from "#processes/process-part.ts";
import type { StackSettings } from "#settings/stack-settings.ts";
import { roleConnectionsMax, serverConnectionsMax } from "./connection-budget.ts";
import { DatabasePart } from "./database-part.ts";
import { endOrphans } from "./end-orphans.ts";
import { checkPortIsFree, findFreePorts } from "./find-free-ports.ts";
import { PostgresSupervisor } from "./postgres-supervisor.ts";
import { gatewayMetricsUrl, gatewayUrl } from "./process-plan.ts";
import { assignPorts, PORT_COUNT, type ProcessSettingsInput } from "./process-settings.ts";
import { type Reaper, startReaper } from "./reaper.ts";
import { createParts, endProcesses, type StackParts } from "./stack-parts.ts";

/** The options of a stack. */
interface StackOptions {
  readonly settings: StackSettings;
  readonly topology: Topology;
  readonly environment: Environment;
  /** Prints a line to the terminal. */
  readonly print: (line: string) => void;
}

/** Where a stack that is ready can be reached. */
export interface StackUrls {
  /** The gateway, for clients. */
  readonly url: string;
  /** The metrics of the gateway, for operators. */
  readonly metricsUrl: string;
}

/** The stack: everything that runs on one data folder. It is started once and ended once. */
export class Stack {
  readonly #options: StackOptions;
  readonly #stackFileMutex = new Mutex();
  readonly #ended = new AbortController();
  #state: StackRecord["state"] = "starting";
  #url: string | null = null;
  #folder: DataFolder | undefined;
  #control: ControlServer | undefined;
  #reaper: Reaper | undefined;
  #postgres: PostgresSupervisor | undefined;
  #databases: readonly DatabasePart[] = [];
  #parts: StackParts = { processes: [], joined: [] };
  #locked = false;

  constructor(options: StackOptions) {
    this.#options = options;
  }

  /**
   * Starts everything. Returns the gateway's URLs once all parts are ready. If it throws, `end`
   * ends what had been started.
   */
  async start(): Promise<StackUrls> {
    const { settings, topology } = this.#options;
    const folder = await openDataFolder(settings.dataFolder);
    this.#folder = folder;
    await this.#lock(folder);
    const input = await this.#gatherSettings(folder);
    this.#reaper = startReaper();
    const listener = {
      print: this.#options.print,
      changed: () => this.#tryToRecord(),
    };
    const connectionsMax = serverConnectionsMax(input.environment);
    const postgres = new PostgresSupervisor(
      { folder: folder.postgres, port: input.ports.postgres, connectionsMax },
      listener,
    );
    this.#postgres = postgres;
    this.#parts = createParts(topology, input, listener);
    watchLogs(this.#parts.processes.map(({ name }) => logPath(folder.logs, name)));
    this.#checkWanted();
    const compiled = fillCompileCache(NODE_OPTIONS);
    const databases = this.#startDatabases(postgres, input);
    databases.catch(() => {}); // awaited below, but it may fail earlier
    await Promise.all(
      this.#parts.processes.map((part) => this.#startPart(part, compiled, databases)),
    );
    await databases;
    this.#checkWanted();
    this.#state = "ready";
    this.#url = gatewayUrl(input);
    await this.#record();
    return { url: this.#url, metricsUrl: gatewayMetricsUrl(topology, input) };
  }

  /** Returns the status of each part. */
  status(): readonly PartStatus[] {
    const parts = this.#allParts().map((part) => part.status());
    return this.#postgres === undefined ? parts : [...parts, this.#postgres.status()];
  }

  /**
   * Graceful shutdown: ends the gateway, then the services, then the worker, then Postgres. `hurry`
   * kills processes that still drain.
   */
  async end(hurry: AbortSignal): Promise<void> {
    this.#ended.abort();
    this.#state = "stopping";
    if (this.#locked) await this.#tryToRecord();
    await endProcesses(this.#parts.processes, hurry);
    await this.#postgres?.stop();
    this.#reaper?.dismiss();
    this.#control?.close();
    const folder = this.#folder;
    if (folder !== undefined && this.#locked) {
      await this.#stackFileMutex.runExclusive(() => unlockDataFolder(folder.stackFile));
    }
    this.#locked = false;
  }

  async #lock(folder: DataFolder): Promise<void> {
    this.#control = await startControlServer((request) => this.#handle(request));
    const left = await lockDataFolder(folder.stackFile, this.#toRecord(this.#control));
    this.#locked = true;
    if (left !== undefined) await endOrphans(left.processes);
  }

  async #gatherSettings(folder: DataFolder): Promise<ProcessSettingsInput> {
    const { settings, environment } = this.#options;
    const [spare = 0, ...free] = await findFreePorts(PORT_COUNT + 1);
    if (settings.port > 0) await checkPortIsFree(settings.port);
    const ports = assignPorts(settings.port || spare, free);
    const secrets = await openStackSecrets(folder.keys, this.#options.print);
    return { settings, folder, secrets, ports, environment };
  }

  /**
   * Starts a part once its database is there. Earlier it would take the processor from Postgres,
   * and log that there is no database.
   */
  async #startPart(
    part: ProcessPart,
    compiled: Promise<void>,
    databases: Promise<void>,
  ): Promise<void> {
    await compiled;
    if (part.name !== "gateway") await databases;
    this.#checkWanted();
    await part.start();
  }

  async #startDatabases(
    postgres: PostgresSupervisor,
    { secrets, environment }: ProcessSettingsInput,
  ): Promise<void> {
    const url = await postgres.start();
    await closeSharedDatabases(url);
    for (const name of SERVICES) {
      const password = secrets.databasePasswords[name];
      const connectionsMax = roleConnectionsMax(name, environment);
      await ensureServiceDatabase(url, { name, password, connectionsMax });
      // The database is closed if it was stopped when the stack last ended.
      await acceptConnections(url, name);
    }
    this.#databases = SERVICES.map((name) => new DatabasePart(name, url));
  }

  async #handle(request: ControlRequest): Promise<ControlResponse> {
    if (request.command !== "status") {
      if (this.#state !== "ready") {
        throw new StackError(`The stack is ${this.#state}: wait until that is done.`);
      }
      await this.#findPart(request.part)[request.command]();
    }
    return { ok: true, parts: this.status() };
  }

  #findPart(name: string): StackPart {
    const part = this.#allParts().find((candidate) => candidate.name === name);
    if (part === undefined) {
      throw new StackError(`There is no ${name} in this stack: it does not run as one process.`);
    }
    return part;
  }

  #allParts(): readonly StackPart[] {
    return [...this.#parts.processes, ...this.#parts.joined, ...this.#databases];
  }

  #checkWanted(): void {
    if (this.#ended.signal.aborted) throw new StackError("The stack was stopped.");
  }

  /**
   * Records the running processes: for other commands, for the reaper, and for the next start if
   * this process is killed.
   */
  async #record(): Promise<void> {
    const { processes } = this.#parts;
    const pids = processes.map((part) => part.status().pid).filter((pid) => pid !== undefined);
    this.#reaper?.watch(this.#postgres?.pid ?? 0, pids);
    const [folder, control] = [this.#folder, this.#control];
    if (folder === undefined || control === undefined) return;
    await this.#stackFileMutex.runExclusive(async () => {
      if (this.#locked) await writeStackFile(folder.stackFile, this.#toRecord(control));
    });
  }

  /** A full disk must not keep the stack from running, nor from ending. */
  async #tryToRecord(): Promise<void> {
    const { print } = this.#options;
    await this.#record().catch((error) => print(`stack.json: ${describeError(error)}.`));
  }

  #toRecord({ port, token }: ControlServer): StackRecord {
    const running = this.#parts.processes.map((part) => part.status());
    return {
      pid: process.pid,
      state: this.#state,
      topology: this.#options.topology,
      url: this.#url,
      control: { port, token },
      processes: running.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
    };
  }
}
