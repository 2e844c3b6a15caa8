import { pathToFileURL } from "node:url";
import { type DescService, getOption } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { method_policy } from "@triptych/protos/policy/v1/policy_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { IContainer } from "kubernetes-models/v1/Container";
import { SERVICES } from "#contract/contract-services.ts";

/** The images that are made of this repository, without their tag. */
const IMAGE = /^triptych\/([a-z]+)(?::|@|$)/;

/** A setting, as far as the checks look at it; the chassis has it whole. */
export interface Setting {
  readonly variable: string;
  readonly secret: boolean;
  /** Undefined if the setting must be set. */
  readonly fallback: { readonly text: string } | undefined;
}

/** One of the programs that the images hold. */
export interface Program {
  /** Where its settings are declared. */
  readonly config: string;
  readonly settings: readonly Setting[];
  /** The most that a call of its callers takes, in milliseconds; undefined if it has none. */
  readonly longestCallMs: number | undefined;
  /**
   * Starts with an environment as the program does, up to its settings. Gives what it says if it
   * refuses them.
   */
  readonly refusalOf: (environment: Readonly<Record<string, string>>) => string | undefined;
}

/** The programs by name: a service's own, `images-worker`, `users-migrate`, `gateway`. */
export type Programs = ReadonlyMap<string, Program>;

interface Place {
  readonly config: string;
  /** What the fields are exported as. */
  readonly declaration: string;
  /** The function that reads them. */
  readonly reader: string;
  readonly callees: readonly DescService[];
}

/**
 * One for all three services: the program that brings a database up to date reads the same settings
 * of each.
 */
const MIGRATE: Place = {
  config: "chassis/src/configuration/migrate-configuration.ts",
  declaration: "MIGRATE_CONFIGURATION_FIELDS",
  reader: "readMigrateConfig",
  callees: [],
};

const PLACES: Readonly<Record<string, Place>> = {
  users: service("services/users/src/config.ts", [UserService]),
  images: service("services/images/src/config.ts", [ImageService]),
  "images-worker": {
    config: "services/images/src/config.ts",
    declaration: "WORKER_CONFIGURATION_FIELDS",
    reader: "readWorkerConfig",
    callees: [],
  },
  comments: service("services/comments/src/config.ts", [CommentService]),
  gateway: service("gateway/src/config.ts", SERVICES),
  "users-migrate": MIGRATE,
  "images-migrate": MIGRATE,
  "comments-migrate": MIGRATE,
};

/** Reads what the programs' own code says of their settings, and the contract of their calls. */
export async function loadPrograms(): Promise<Programs> {
  const programs = Object.entries(PLACES).map(async ([name, place]) => {
    const module = await load(place.config);
    const program: Program = {
      config: place.config,
      settings: Object.values(module[place.declaration]),
      longestCallMs: longestCallMs(place.callees),
      refusalOf: (environment) => messageOf(() => module[place.reader](environment)),
    };
    return [name, program] as const;
  });
  return new Map(await Promise.all(programs));
}

/**
 * The name of the program that a container runs, or undefined if its image is not of this
 * repository.
 */
export function programOf({ image = "", args = [] }: IContainer): string | undefined {
  const name = IMAGE.exec(image)?.[1];
  const [file = "src/main.ts"] = args;
  const suffix = /([a-z-]*)main\.ts$/.exec(file)?.[1]?.replace(/-$/, "");
  return name === undefined || suffix === "" ? name : `${name}-${suffix}`;
}

/**
 * The program that brings up to date the database of a container's image: `images-migrate` for
 * images and its worker.
 */
export function migratorOf({ image = "" }: IContainer): string {
  return `${IMAGE.exec(image)?.[1]}-migrate`;
}

function service(config: string, callees: readonly DescService[]): Place {
  return { config, declaration: "CONFIGURATION_FIELDS", reader: "readConfig", callees };
}

function longestCallMs(services: readonly DescService[]): number | undefined {
  const timeouts = services.flatMap(({ methods }) =>
    methods.map((method) => getOption(method, method_policy).timeout),
  );
  const known = timeouts.filter((timeout) => timeout !== undefined);
  return known.length === 0 ? undefined : Math.max(...known.map(durationMs));
}

/** A service's code is no dependency of the checks: they read it as it lies there. */
async function load(path: string) {
  return await import(pathToFileURL(path).href);
}

function messageOf(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
