import { writeFileSync } from "node:fs";
import { buildDocument } from "./build-document.ts";

/** Writes the golden file: `pnpm --filter @triptych/gateway openapi`. */
writeFileSync(new URL("../openapi.json", import.meta.url), await buildDocument());
