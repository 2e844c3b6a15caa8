import type { PartName } from "#parts/part-names.ts";
import { SERVICES } from "#parts/part-names.ts";
import type { Topology } from "#parts/topology.ts";
import { type PartListener, ProcessPart } from "#processes/process-part.ts";
import { JoinedPart } from "./joined-part.ts";
import { planProcesses } from "./process-plan.ts";
import type { ProcessSettingsInput } from "./process-settings.ts";

/** The processes of a stack, and what can be done to what runs in them. */
export interface StackParts {
  readonly processes: readonly ProcessPart[];
  /** Services and the gateway, where they share a process. */
  readonly joined: readonly JoinedPart[];
}

/** Makes the parts of a stack; starts nothing. */
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
 * Which processes end together, one row after the other: first whoever takes requests, last whoever
 * works in the background.
 */
const END_ORDER: readonly (readonly PartName[])[] = [
  ["gateway", "monolith"],
  [...SERVICES],
  ["images-worker"],
];

/** Ends the processes in order, each drained before the next; `hurry` kills what is left. */
export async function endProcesses(
  processes: readonly Pick<ProcessPart, "name" | "end">[],
  hurry: AbortSignal,
): Promise<void> {
  for (const row of END_ORDER) {
    const ending = processes.filter(({ name }) => row.includes(name));
    await Promise.all(ending.map((part) => part.end(hurry)));
  }
}
