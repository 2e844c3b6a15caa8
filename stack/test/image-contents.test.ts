import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { MIGRATE_CONFIGURATION_FIELDS as MIGRATE_FIELDS } from "@triptych/chassis/configuration/migrate-configuration";
import {
  describeConfiguration,
  type Fields,
} from "@triptych/chassis/configuration/read-configuration";
import { createTestDatabase } from "@triptych/chassis/testing/test-database";
import { createTestTokens } from "@triptych/chassis/testing/test-tokens";
import { CONFIGURATION_FIELDS as COMMENTS_FIELDS } from "@triptych/comments/config";
import { CONFIGURATION_FIELDS as GATEWAY_FIELDS } from "@triptych/gateway/config";
import {
  CONFIGURATION_FIELDS as IMAGES_FIELDS,
  WORKER_CONFIGURATION_FIELDS as WORKER_FIELDS,
} from "@triptych/images/config";
import { CONFIGURATION_FIELDS as USERS_FIELDS } from "@triptych/users/config";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";
import { type BuiltImage, buildImage } from "./dockerfile/build-image.ts";
import {
  bytesBelow,
  developmentPackages,
  installedPackages,
  stateOf,
} from "./dockerfile/image-files.ts";
import { millisecondsToStart, runImage } from "./dockerfile/image-process.ts";
import { readDockerfile } from "./dockerfile/read-dockerfile.ts";

const EXIT_CONFIGURATION = 78;
const IMAGE_BYTES_MAX = 200_000_000;
/**
 * An upper bound for the base image of the Dockerfile: the sum of the Installed-Size of the Debian
 * 12 packages in it (libc6, libssl3, libstdc++6, tzdata, ca-certificates, base-files, libgomp1,
 * libgcc-s1, media-types, netbase), which includes their manuals.
 */
const BASE_IMAGE_BYTES = 26_300_000;
const BUILD_MS_MAX = 120_000;

interface Expected {
  readonly folder: string;
  /** The image with sharp may be larger. */
  readonly bytesMax: number;
  readonly programs: Readonly<Record<string, Fields>>;
  /** Packages with binaries for one platform: those of 64-bit Linux with glibc. */
  readonly binaries: readonly string[];
}

const ARGON2 = ["@node-rs/argon2-linux-x64-gnu", "@node-rs/argon2-linux-arm64-gnu"];
const SHARP = ["@img/sharp-linux-x64", "@img/sharp-linux-arm64"];

const IMAGES: readonly Expected[] = [
  {
    folder: "services/users",
    bytesMax: IMAGE_BYTES_MAX,
    programs: { "main.ts": USERS_FIELDS, "services/users/src/migrate-main.ts": MIGRATE_FIELDS },
    binaries: ARGON2,
  },
  {
    folder: "services/comments",
    bytesMax: IMAGE_BYTES_MAX,
    programs: {
      "main.ts": COMMENTS_FIELDS,
      "services/comments/src/migrate-main.ts": MIGRATE_FIELDS,
    },
    binaries: [],
  },
  {
    folder: "gateway",
    bytesMax: IMAGE_BYTES_MAX,
    programs: { "main.ts": GATEWAY_FIELDS },
    binaries: [],
  },
  {
    folder: "services/images",
    bytesMax: Number.POSITIVE_INFINITY,
    programs: {
      "main.ts": IMAGES_FIELDS,
      "services/images/src/worker-main.ts": WORKER_FIELDS,
      "services/images/src/migrate-main.ts": MIGRATE_FIELDS,
    },
    binaries: SHARP,
  },
];

const images = new Map<string, Promise<BuiltImage>>();
const targets: string[] = [];

/** Builds the image of a package, once for all tests. */
function imageOf(folder: string): Promise<BuiltImage> {
  const image = images.get(folder) ?? buildBelowTemporary(folder);
  images.set(folder, image);
  return image;
}

async function buildBelowTemporary(folder: string): Promise<BuiltImage> {
  const target = await mkdtemp(join(tmpdir(), "triptych-image-"));
  targets.push(target);
  // The image's user must be able to enter it.
  await chmod(target, 0o755);
  return buildImage(target, folder);
}

afterAll(async () => {
  for (const target of targets) await rm(target, { recursive: true, force: true });
});

describe.each(IMAGES)("the image of $folder", ({ folder, bytesMax, programs, binaries }) => {
  let image: BuiltImage;

  beforeAll(async () => {
    image = await imageOf(folder);
  }, BUILD_MS_MAX);

  test("is smaller than its limit", async () => {
    const bytes = BASE_IMAGE_BYTES + (await bytesBelow(image.root));
    process.stdout.write(`${folder}: ${Math.ceil(bytes / 1e6)} MB with its base\n`);
    expect(bytes).toBeLessThan(bytesMax);
  });

  test("contains the package and its dependencies, and no other service", async () => {
    const top = await readdir(image.folder);
    const [own = "", service] = folder.split("/");
    const shared = ["chassis", "node_modules", "protos"];
    const rest = [
      ".compile-cache",
      "bin",
      "main.ts",
      "package.json",
      "pnpm-lock.yaml",
      "pnpm-workspace.yaml",
    ];
    expect(top.sort()).toEqual([own, ...shared, ...rest].sort());
    if (service !== undefined) expect(await readdir(join(image.folder, own))).toEqual([service]);
    const sources = (await stateOf(image.folder)).filter((path) => !path.includes("node_modules"));
    expect(sources.filter((path) => /\.test\.ts |\/testing /.test(path))).toEqual([]);
  });

  test("contains the program that limits memory, which runs with the library beside it", async () => {
    const bin = join(image.folder, "bin");
    const { stdout } = await promisify(execFile)(join(bin, "prlimit"), ["--data=1000000000"], {
      env: { LD_LIBRARY_PATH: bin },
    });
    expect(stdout).toBe("");
    expect(await readdir(bin)).toEqual(["libsmartcols.so.1", "prlimit"]);
  });

  test("contains no package that is for development only", async () => {
    const installed = await installedPackages(image.folder);
    const development = await developmentPackages([".", "protos", "chassis", "stack", folder]);
    expect(development).toEqual(expect.arrayContaining(["jest", "typescript", "node"]));
    expect(installed.filter((name) => development.includes(name))).toEqual([]);
    expect(installed).toEqual(expect.arrayContaining(["@grpc/grpc-js", "@bufbuild/protobuf"]));
  });

  test("contains its native binaries for this platform, and the lock file those for all", async () => {
    const lock = await readFile(join(REPOSITORY_FOLDER, "pnpm-lock.yaml"), "utf8");
    for (const name of binaries) expect(lock).toContain(`'${name}@`);
    const installed = await installedPackages(image.folder);
    const own = binaries.filter((name) => name.includes(`-linux-${process.arch}`));
    expect(installed).toEqual(expect.arrayContaining(process.platform === "linux" ? own : []));
  });

  test("finds every module in the compile cache of the image", async () => {
    const { errors } = await runImage(image, {
      environment: { NODE_DEBUG_NATIVE: "COMPILE_CACHE" },
    });
    // What Node writes for a module that it does not find, or cannot use. Successes are not
    // compared with readings: on a busy machine the exit comes between the two of some module.
    expect(errors.match(/no such file|mismatch|failed|rejected/g)).toBeNull();
    expect(errors.match(/V8 code cache for .* was accepted/g)?.length).toBeGreaterThan(100);
  });

  test.each(Object.entries(programs))(
    "starts %s, which names every missing setting",
    async (program, fields) => {
      const before = await stateOf(image.root);
      const { code, errors } = await runImage(image, { command: [program] });
      expect(code).toBe(EXIT_CONFIGURATION);
      for (const { variable, default: value } of describeConfiguration(fields)) {
        if (value === undefined) expect(errors).toContain(`${variable} is not set`);
      }
      expect(await stateOf(image.root)).toEqual(before);
    },
  );
});

describe("a service of an image", () => {
  test("starts on its database, ends by SIGTERM with code 0, and writes nothing into the image", async () => {
    await using database = await createTestDatabase({
      migrations: pathToFileURL(join(REPOSITORY_FOLDER, "services/users/migrations/")),
    });
    const { jwks, privateJwk } = createTestTokens();
    const image = await imageOf("services/users");
    const before = await stateOf(image.root);
    const environment = {
      GRPC_PORT: "0",
      METRICS_PORT: "0",
      DATABASE_URL: database.url,
      IMAGES_ADDRESS: "127.0.0.1:9",
      DRAIN_DELAY_MS: "0",
      ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(jwks),
      ACCESS_TOKEN_PRIVATE_KEY: JSON.stringify(privateJwk),
    };
    const baked = await millisecondsToStart(image, { environment });
    const plain = await millisecondsToStart(image, {
      environment: { ...environment, NODE_COMPILE_CACHE: "" },
    });
    process.stdout.write(
      `services/users: started in ${Math.round(baked)} ms, and in ${Math.round(plain)} ms without the compile cache\n`,
    );
    expect(await stateOf(image.root)).toEqual(before);
  });
});

describe("the Dockerfile", () => {
  test("names its base images by ARG, none of them latest", async () => {
    const { head, stages } = await readDockerfile();
    const bases = head.filter(({ name }) => name === "ARG").map(({ words }) => words.split("="));
    for (const [, image] of bases) expect(image).toMatch(/^[\w./-]+:(?!latest$)[\w.-]+$/);
    const froms = stages.map(({ instructions }) => instructions[0]?.words.split(" ")[0]);
    expect(froms).toEqual(bases.map(([name]) => `\${${name}}`));
  });

  test("needs no frontend from a registry, and nothing that Docker 20.10 lacks", async () => {
    const { directives, stages } = await readDockerfile();
    expect(directives).toEqual([]);
    const all = stages.flatMap(({ instructions }) => instructions);
    expect(all.filter(({ words }) => words.includes("<<"))).toEqual([]);
    const flags = all.flatMap(({ name, words }) => {
      const [leading = ""] = /^(?:--\S+ )*/.exec(words) ?? [];
      return leading === "" ? [] : [`${name} ${leading.trim()}`];
    });
    expect(new Set(flags)).toEqual(new Set(["COPY --from=build"]));
  });

  test("runs as a user that is not root, without a shell", async () => {
    const { stages } = await readDockerfile();
    const last = stages.at(-1)?.instructions ?? [];
    const wordsOf = (name: string) =>
      last.filter((one) => one.name === name).map(({ words }) => words);
    expect(wordsOf("USER")).toEqual(["65532:65532"]);
    expect(wordsOf("RUN")).toEqual([]);
    for (const words of [...wordsOf("ENTRYPOINT"), ...wordsOf("CMD")]) {
      expect(JSON.parse(words)).toEqual(expect.any(Array));
    }
  });

  test("fetches nothing but base images and the packages of the lock file", async () => {
    const { stages } = await readDockerfile();
    const all = stages.flatMap(({ instructions }) => instructions);
    expect(all.filter(({ name }) => name === "ADD")).toEqual([]);
    expect(all.filter(({ words }) => /https?:|curl|wget|apt-get|npm i/.test(words))).toEqual([]);
    const installs = all.filter(({ words }) => words.includes("pnpm@"));
    for (const { words } of installs) expect(words).toMatch(/ install --prod --frozen-lockfile /);
    expect(installs).toHaveLength(1);
  });
});
