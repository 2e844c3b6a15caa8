import type { Environment } from "@triptych/chassis/configuration/read-configuration";
import type { ControlRequest } from "#control/control-messages.ts";
import { sendControlRequest } from "#control/send-control-request.ts";
import { readStackFile } from "#control/stack-file.ts";
import { dataFolderAt } from "#data-folder/data-folder.ts";
import { StackError } from "#errors/stack-error.ts";
import type { PartName } from "#parts/part-names.ts";
import type { PartStatus } from "#parts/part-status.ts";
import { readStackSettings } from "#settings/stack-settings.ts";
import { formatStatus } from "#terminal/format-status.ts";
import { print } from "#terminal/terminal.ts";

/**
 * Sends a request to the running stack, and prints the result when it is done. Throws StackError.
 */
export async function controlCommand(
  request: ControlRequest,
  environment: Environment,
): Promise<void> {
  const { dataFolder } = readStackSettings(environment);
  const parts = await sendToStack(request, dataFolder);
  if (request.command === "status") {
    print(formatStatus(parts, new Date()));
    return;
  }
  print(`${request.part} ${outcomeOf(request, parts)}.`);
}

function outcomeOf(
  { command, part }: ControlRequest & { readonly part: PartName },
  parts: readonly PartStatus[],
): string {
  if (command === "read-only") return "refuses writes";
  if (command === "writable") return "takes writes, if its database does";
  return `is ${parts.find(({ name }) => name === part)?.state}`;
}

async function sendToStack(
  request: ControlRequest,
  folder: string,
): Promise<readonly PartStatus[]> {
  const record = await readStackFile(dataFolderAt(folder).stackFile);
  const nothingRuns = `No stack runs on ${folder}: start one, or name its folder with TRIPTYCH_DATA.`;
  if (record === undefined) throw new StackError(nothingRuns);
  const response = await sendControlRequest(record, request).catch((cause) => {
    throw new StackError(nothingRuns, { cause });
  });
  if (!response.ok) throw new StackError(response.message);
  return response.parts;
}
