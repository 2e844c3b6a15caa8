import { join } from "node:path";
import { path, port } from "@triptych/chassis/configuration/address-settings";
import { ConfigurationError } from "@triptych/chassis/configuration/configuration-error";
import {
  type Configuration,
  type Environment,
  readConfiguration,
} from "@triptych/chassis/configuration/read-configuration";
import { oneOf } from "@triptych/chassis/configuration/settings";
import { EXIT_USAGE, StackError } from "#errors/stack-error.ts";
import { REPOSITORY_FOLDER } from "./repository-folder.ts";

/** The data folder unless `TRIPTYCH_DATA` names another. */
export const DATA_FOLDER_DEFAULT = join(REPOSITORY_FOLDER, ".data");

/** The stack's own settings. */
const STACK_SETTINGS_FIELDS = {
  port: port({
    variable: "PORT",
    description: "where the gateway answers; 0 takes a free one",
    default: 8080,
    allowZero: true,
  }),
  dataFolder: path({
    variable: "TRIPTYCH_DATA",
    description: "the data folder",
    default: DATA_FOLDER_DEFAULT,
  }),
  logLevel: oneOf(["trace", "debug", "info", "warn", "error", "fatal"], {
    variable: "LOG_LEVEL",
    description: "how much the processes write into their logs",
    default: "info",
  }),
};

/** The values of the stack's own settings. */
export type StackSettings = Configuration<typeof STACK_SETTINGS_FIELDS>;

/** Reads the settings. Throws StackError that names every invalid one. */
export function readStackSettings(environment: Environment): StackSettings {
  try {
    return readConfiguration(environment, STACK_SETTINGS_FIELDS);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new StackError(error.message, { cause: error, exitCode: EXIT_USAGE });
  }
}
