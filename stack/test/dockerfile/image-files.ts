import { type Dirent, lstatSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY_FOLDER } from "#settings/repository-folder.ts";

/** The dependencies in a package's manifest. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A dependency of protobufjs at run time. */
const TYPES_THAT_COME_ALONG = "@types/node";

/** Returns the bytes of all files below a folder, as an image counts them. */
export async function bytesBelow(folder: string): Promise<number> {
  const files = await filesBelow(folder);
  return files.reduce((sum, file) => sum + lstatSync(pathOf(file)).size, 0);
}

/**
 * Lists every path below a folder with its modification time. A different list afterwards means
 * that something was written.
 */
export async function stateOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => `${pathOf(entry)} ${lstatSync(pathOf(entry)).mtimeMs}`);
}

/** Lists the packages that are installed in an image, without their versions. */
export async function installedPackages(app: string): Promise<readonly string[]> {
  const folders = await readdir(join(app, "node_modules/.pnpm"));
  return folders.map((name) => name.replace(/(?!^)@.*$/, "").replace("+", "/"));
}

/** Lists the packages that the workspaces' manifests need for development only. */
export async function developmentPackages(folders: readonly string[]): Promise<readonly string[]> {
  const read = async (folder: string): Promise<Manifest> =>
    JSON.parse(await readFile(join(REPOSITORY_FOLDER, folder, "package.json"), "utf8"));
  const manifests = await Promise.all(folders.map(read));
  const needed = manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies));
  const asked = manifests.flatMap(({ devDependencies = {} }) => Object.keys(devDependencies));
  return asked.filter((name) => !needed.includes(name) && name !== TYPES_THAT_COME_ALONG);
}

async function filesBelow(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile());
}

function pathOf(entry: Dirent): string {
  return join(entry.parentPath, entry.name);
}
