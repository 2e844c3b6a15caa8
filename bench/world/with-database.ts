import pg from "pg";
import { superuserUrl } from "#processes/stack-program.ts";

/**
 * Runs on a database as the superuser, and leaves it vacuumed, analysed and on disk. Foreign keys
 * are not checked: the rows of a plan agree, and the checks take longer than the rows.
 */
export async function withDatabase<Result>(
  folder: string,
  name: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: await superuserUrl(folder, name) });
  await client.connect();
  try {
    await client.query("set session_replication_role = replica");
    const result = await use(client);
    await client.query("reset role");
    await client.query("vacuum analyze");
    await client.query("checkpoint");
    return result;
  } finally {
    await client.end();
  }
}
