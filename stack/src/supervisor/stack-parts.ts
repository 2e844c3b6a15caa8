import type { PartName } from "#parts/part-names.ts";
import { SERVICES } from "#parts/part-names.ts";
import type { Topology } from "#parts/topology.ts";
import { type PartListener, ProcessPart } from "#processes/process-part.ts";
import { JoinedPart } from "./joined-part.ts";
import { planProcesses } from "./process-plan.ts";
import type { ProcessSettingsInput } from "./process-settings.ts";

/** The parts of a stack: its processes, and the parts inside the monolith. */
export interface StackParts {
  readonly processes: readonly ProcessPart[];
  /** Services and the gateway, if they share a process. */
  readonly joined: readonly JoinedPart[];
}

/** Creates the parts of a stack. Starts nothing. */
export function createParts(
  topology: Topology,
  input: ProcessSettingsInput,
  listener: PartListener,
): StackParts {
  const joined: JoinedPart[] = [];
  const processes = planProcesses(topology, input).map((options) => {
    if (options.name !== "monolith") return new ProcessPart(options, listener);
    const restore = () => Promise.all(joined.map((part) => part.restore()));
    return new ProcessPart(options, { ...listener, ready: restore });
  });
  const monolith = processes.find(({ name }) => name === "monolith");
  if (monolith !== undefined) {
    const names: readonly PartName[] = [...SERVICES, "gateway"];
    joined.push(...names.map((name) => new JoinedPart(name, monolith)));
  }
  return { processes, joined };
}

/**
 * The order of the shutdown: the parts of a row end together. Those that take requests end first,
 * those that work in the background last.
 */
const END_ORDER: readonly (readonly PartName[])[] = [
  ["gateway", "monolith"],
  [...SERVICES],
  ["images-worker"],
];

/** Ends the processes in order, each drained before the next. `hurry` kills those that are left. */
export async function endProcesses(
  processes: readonly Pick<ProcessPart, "name" | "end">[],
  hurry: AbortSignal,
): Promise<void> {
  for (const row of END_ORDER) {
    const ending = processes.filter(({ name }) => row.includes(name));
    await Promise.all(ending.map((part) => part.end(hurry)));
  }
}
