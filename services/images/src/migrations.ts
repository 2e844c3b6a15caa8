/** The folder of the service's migrations, for the service, its workers and its tests. */
export const MIGRATIONS = new URL("../migrations/", import.meta.url);
