import { pathToFileURL } from "node:url";
import { type DescService, getOption } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { method_policy } from "@triptych/protos/policy/v1/policy_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { IContainer } from "kubernetes-models/v1/Container";
import { SERVICES } from "#contract/contract-services.ts";

/** The container images of this repository, without their tag. */
const IMAGE = /^triptych\/([a-z]+)(?::|@|$)/;

/** The part of a chassis setting that the checks read. */
export interface Setting {
  readonly variable: string;
  readonly secret: boolean;
  /** Undefined if the setting must be set. */
  readonly fallback: { readonly text: string } | undefined;
}

/** A program in a container image. */
export interface Program {
  /** The file that declares its settings. */
  readonly config: string;
  readonly settings: readonly Setting[];
  /** The longest timeout of its methods, in milliseconds. Undefined if it serves none. */
  readonly longestCallMs: number | undefined;
  /**
   * Reads the settings from an environment, as the program does at its start. Returns its messages
   * if it refuses them.
   */
  readonly refusalOf: (environment: Readonly<Record<string, string>>) => string | undefined;
}

/** The programs by name: a service's own, `images-worker`, `users-migrate`, `gateway`. */
export type Programs = ReadonlyMap<string, Program>;

interface Place {
  readonly config: string;
  /** The name that the settings are exported by. */
  readonly declaration: string;
  /** The name of the function that reads them. */
  readonly reader: string;
  readonly callees: readonly DescService[];
}

/**
 * The migrating program reads the same settings in each service.
 */
const MIGRATE: Place = {
  config: "chassis/src/configuration/migrate-configuration.ts",
  declaration: "MIGRATE_CONFIGURATION_FIELDS",
  reader: "readMigrateConfiguration",
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

/** Reads the settings from the code of the programs, and the timeouts from the contract. */
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
 * The name of the program that a container runs. Undefined if its image is not of this repository.
 */
export function programOf({ image = "", args = [] }: IContainer): string | undefined {
  const name = IMAGE.exec(image)?.[1];
  const [file = "src/main.ts"] = args;
  const suffix = /([a-z-]*)main\.ts$/.exec(file)?.[1]?.replace(/-$/, "");
  return name === undefined || suffix === "" ? name : `${name}-${suffix}`;
}

/**
 * The program that migrates the database of a container's image: `images-migrate` for images and
 * its worker.
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

/** The code of a service is not a dependency of the checks: they import it by its path. */
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
