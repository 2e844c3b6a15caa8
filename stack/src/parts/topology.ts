/**
 * The topologies of a stack (its deployment modes): the services and the gateway as a process each,
 * or as one process.
 */
export const TOPOLOGIES = ["split", "monolith"] as const;

/** One of {@link TOPOLOGIES}. */
export type Topology = (typeof TOPOLOGIES)[number];
