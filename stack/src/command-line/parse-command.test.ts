import { EXIT_USAGE, StackError } from "#errors/stack-error.ts";
import { parseCommand } from "./parse-command.ts";

function refusalOf(...words: string[]): StackError {
  try {
    parseCommand(words);
  } catch (error) {
    if (error instanceof StackError) return error;
  }
  throw new Error("the words were accepted");
}

describe("parseCommand", () => {
  test.each([
    [["start"], { kind: "start-stack", monolith: false }],
    [["start", "--monolith"], { kind: "start-stack", monolith: true }],
    [["start", "--", "--monolith"], { kind: "start-stack", monolith: true }],
    [["--", "start"], { kind: "start-stack", monolith: false }],
    [["status"], { kind: "status" }],
    [["stop", "users-db"], { kind: "act", action: "stop", part: "users-db" }],
    [["start", "images-worker"], { kind: "act", action: "start", part: "images-worker" }],
    [["read-only", "users"], { kind: "act", action: "read-only", part: "users" }],
    [["writable", "users"], { kind: "act", action: "writable", part: "users" }],
    [["restart", "monolith"], { kind: "act", action: "restart", part: "monolith" }],
    [["start", "--help"], { kind: "help" }],
  ])("reads %j", (words, command) => {
    expect(parseCommand(words)).toEqual(command);
  });

  test.each([
    [[], "There is no command"],
    [["dance"], 'There is no command "dance"'],
    [["stop"], "Say what to stop"],
    [["stop", "everything"], 'There is no part "everything"'],
    [["stop", "users", "images"], 'a word too many: "images"'],
    [["status", "users"], 'a word too many: "users"'],
    [["start", "--fast"], '"start" has no option "--fast"'],
    [["start", "users", "--monolith"], '"start" has no option "--monolith"'],
    [["status", "--monolith"], '"status" has no option "--monolith"'],
  ])("refuses %j with the exit code of a wrong use", (words, sentence) => {
    const refusal = refusalOf(...words);
    expect(refusal.message).toContain(sentence);
    expect(refusal.message).toContain("Usage:");
    expect(refusal.exitCode).toBe(EXIT_USAGE);
  });
});
