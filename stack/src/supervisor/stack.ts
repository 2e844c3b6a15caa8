import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import { fillCompileCache } from "#compile-cache/compile-cache.ts";
import type { ControlRequest, ControlResponse, PartStatus } from "#control/control-messages.ts";
import { type ControlServer, startControlServer } from "#control/control-server.ts";
import { type StackRecord, writeStackFile } from "#control/stack-file.ts";
import { lockDataFolder, unlockDataFolder } from "#control/stack-lock.ts";
import { type DataFolder, openDataFolder } from "#data-folder/data-folder.ts";
import { logPath, watchLogs } from "#data-folder/log-file.ts";
import { openSecrets } from "#data-folder/stack-secrets.ts";
import { StackError } from "#errors/stack-error.ts";
import { SERVICES } from "#parts/part-names.ts";
import type { Part } from "#parts/stack-part.ts";
import { acceptConnections, ensureServiceDatabase } from "#postgres/ensure-service-database.ts";
import { NODE_OPTIONS } from "#processes/child-process.ts";
import { Mutex } from "#processes/mutex.ts";
import type { ProcessPart } from "#processes/process-part.ts";
import type { Settings } from "#settings/stack-settings.ts";
import { DatabasePart } from "./database-part.ts";
import { checkPortIsFree, findFreePorts } from "./find-free-ports.ts";
import { clearLeftovers } from "./orphans.ts";
import { PostgresSupervisor } from "./postgres-supervisor.ts";
import { gatewayUrl, type Shape } from "./process-plan.ts";
import { assignPorts, PORT_COUNT, type Wiring } from "./process-settings.ts";
import { type Guard, startGuard } from "./reaper.ts";
import { createParts, endProcesses, type StackParts } from "./stack-parts.ts";

/** What a stack is started with. */
export interface StackOptions {
  readonly settings: Settings;
  readonly shape: Shape;
  readonly environment: Environment;
  /** Takes a line for the terminal. */
  readonly tell: (line: string) => void;
}

/** Everything that runs on one data folder. Started once, ended once. */
export class Stack {
  readonly #options: StackOptions;
  readonly #records = new Mutex();
  readonly #ended = new AbortController();
  #state: StackRecord["state"] = "starting";
  #url: string | null = null;
  #folder: DataFolder | undefined;
  #control: ControlServer | undefined;
  #guard: Guard | undefined;
  #postgres: PostgresSupervisor | undefined;
  #databases: readonly DatabasePart[] = [];
  #parts: StackParts = { processes: [], joined: [] };
  #locked = false;

  constructor(options: StackOptions) {
    this.#options = options;
  }

  /**
   * Starts everything, and returns the gateway's url once all is ready. Throws; then `end` clears
   * away what had been started.
   */
  async start(): Promise<string> {
    const { settings, shape } = this.#options;
    const folder = await openDataFolder(settings.dataFolder);
    this.#folder = folder;
    await this.#lock(folder);
    const wiring = await this.#wire(folder);
    this.#guard = startGuard();
    const listener = {
      tell: this.#options.tell,
      changed: () => this.#record().catch((error) => this.#options.tell(String(error))),
    };
    const postgres = new PostgresSupervisor(
      { folder: folder.postgres, port: wiring.ports.postgres },
      listener,
    );
    this.#postgres = postgres;
    this.#parts = createParts(shape, wiring, listener);
    watchLogs(this.#parts.processes.map(({ name }) => logPath(folder.logs, name)));
    this.#checkWanted();
    const compiled = fillCompileCache(NODE_OPTIONS);
    const databases = this.#startDatabases(postgres, wiring);
    databases.catch(() => {}); // awaited below, but maybe not yet when it fails
    await Promise.all(
      this.#parts.processes.map((part) => this.#startPart(part, compiled, databases)),
    );
    await databases;
    this.#checkWanted();
    this.#state = "ready";
    this.#url = gatewayUrl(wiring);
    await this.#record();
    return this.#url;
  }

  /** What each part is doing. */
  status(): readonly PartStatus[] {
    const parts = this.#allParts().map((part) => part.status());
    return this.#postgres === undefined ? parts : [...parts, this.#postgres.status()];
  }

  /**
   * Ends the gateway, then the services, then the worker, then Postgres; `hurry` kills what still
   * drains.
   */
  async end(hurry: AbortSignal): Promise<void> {
    this.#ended.abort();
    this.#state = "stopping";
    if (this.#locked) await this.#record();
    await endProcesses(this.#parts.processes, hurry);
    await this.#postgres?.stop();
    this.#guard?.dismiss();
    this.#control?.close();
    const folder = this.#folder;
    if (folder !== undefined && this.#locked) {
      await this.#records.take(() => unlockDataFolder(folder.stackFile));
    }
    this.#locked = false;
  }

  async #lock(folder: DataFolder): Promise<void> {
    this.#control = await startControlServer((request) => this.#handle(request));
    const left = await lockDataFolder(folder.stackFile, this.#toRecord(this.#control));
    this.#locked = true;
    if (left !== undefined) await clearLeftovers(left.processes);
  }

  async #wire(folder: DataFolder): Promise<Wiring> {
    const { settings, environment } = this.#options;
    const [spare = 0, ...free] = await findFreePorts(PORT_COUNT + 1);
    if (settings.port > 0) await checkPortIsFree(settings.port);
    const ports = assignPorts(settings.port || spare, free);
    const secrets = await openSecrets(folder.keys);
    return { settings, folder, secrets, ports, environment };
  }

  /**
   * A process that were started together with Postgres would only take its processor, and complain
   * that it is not there.
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

  async #startDatabases(postgres: PostgresSupervisor, { secrets }: Wiring): Promise<void> {
    const url = await postgres.start();
    for (const name of SERVICES) {
      await ensureServiceDatabase(url, { name, password: secrets.databasePasswords[name] });
      // It may have been stopped when the stack ended.
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

  #findPart(name: string): Part {
    const part = this.#allParts().find((candidate) => candidate.name === name);
    if (part === undefined) {
      throw new StackError(`There is no ${name} in this stack: it does not run as one process.`);
    }
    return part;
  }

  #allParts(): readonly Part[] {
    return [...this.#parts.processes, ...this.#parts.joined, ...this.#databases];
  }

  #checkWanted(): void {
    if (this.#ended.signal.aborted) throw new StackError("The stack was stopped.");
  }

  /**
   * Writes down what runs now: for other commands, for the guard, and for the next start if this
   * process is killed.
   */
  async #record(): Promise<void> {
    const { processes } = this.#parts;
    const pids = processes.map((part) => part.status().pid).filter((pid) => pid !== undefined);
    this.#guard?.watch(this.#postgres?.pid ?? 0, pids);
    const [folder, control] = [this.#folder, this.#control];
    if (folder === undefined || control === undefined) return;
    await this.#records.take(async () => {
      if (this.#locked) await writeStackFile(folder.stackFile, this.#toRecord(control));
    });
  }

  #toRecord({ port, token }: ControlServer): StackRecord {
    const running = this.#parts.processes.map((part) => part.status());
    return {
      pid: process.pid,
      state: this.#state,
      shape: this.#options.shape,
      url: this.#url,
      control: { port, token },
      processes: running.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
    };
  }
}
