import { parseCommand, USAGE } from "#command-line/parse-command.ts";
import { StackError } from "#errors/stack-error.ts";

/** Runs the command in the words after the program's name. Returns the exit code. */
async function main(words: readonly string[]): Promise<number> {
  try {
    const command = parseCommand(words);
    if (command.kind === "help") {
      process.stdout.write(USAGE);
      return 0;
    }
    if (command.kind === "start-stack") {
      const { startCommand } = await import("#command-line/start-command.ts");
      return await startCommand(command.monolith ? "monolith" : "split", process.env);
    }
    const { controlCommand } = await import("#command-line/control-command.ts");
    const request =
      command.kind === "status"
        ? { command: "status" as const }
        : { command: command.action, part: command.part };
    await controlCommand(request, process.env);
    return 0;
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

process.exitCode = await main(process.argv.slice(2));
