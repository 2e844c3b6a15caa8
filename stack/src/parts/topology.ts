/**
 * The topology of a stack (its deployment mode): the services and the gateway as a process each, or
 * as one process.
 */
export type Topology = "split" | "monolith";
