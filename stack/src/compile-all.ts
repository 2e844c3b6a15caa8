/**
 * Fills Node's compile cache with every module of every process, and runs none of them. Before Node
 * evaluates the first import, it loads all modules, strips their types and compiles them. The first
 * import then ends the process, and Node writes its cache.
 */
import "./exit-at-once.ts";
import "#processes/supervised.ts";
import "@triptych/users/main";
import "@triptych/images/main";
import "@triptych/images/worker-main";
import "@triptych/comments/main";
import "@triptych/gateway/main";
import "#monolith/main.ts";
import "./main.ts";
import "#command-line/start-command.ts";
