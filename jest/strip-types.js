import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

/**
 * A Jest transform that replaces types with blanks, as Node itself does. So the tests run the same
 * code as Node, and line numbers stay correct.
 */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source, path, { instrument }) =>
    createHash("sha256")
      .update(`${process.version}\0${path}\0${instrument}\0${source}`)
      .digest("hex"),
};
