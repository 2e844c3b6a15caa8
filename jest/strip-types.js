import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

/**
 * Blanks the types out, as Node itself does, so that what is tested is what is run and lines stay
 * true.
 */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source, path, { instrument }) =>
    createHash("sha256")
      .update(`${process.version}\0${path}\0${instrument}\0${source}`)
      .digest("hex"),
};
