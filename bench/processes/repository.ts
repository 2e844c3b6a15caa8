import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root folder of the repository. */
export const REPOSITORY_FOLDER = fileURLToPath(new URL("../..", import.meta.url));

/** Where worlds and the data of running arms are. */
export const BENCH_DATA_FOLDER = join(REPOSITORY_FOLDER, ".data", "bench");

/** The program that starts Triptych, as `pnpm start` does. */
export const STACK_MAIN = join(REPOSITORY_FOLDER, "stack", "src", "main.ts");

/** The program that runs one Postgres with the stack's settings. */
export const POSTGRES_MAIN = join(REPOSITORY_FOLDER, "stack", "src", "postgres", "main.ts");

/** The baseline's program. */
export const BASELINE_MAIN = join(REPOSITORY_FOLDER, "bench", "baseline", "main.ts");

/** The programs of the roofs. */
export const ROOFS_FOLDER = join(REPOSITORY_FOLDER, "bench", "roofs");
