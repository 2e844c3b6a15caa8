import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import type { Connection } from "#database/connection.ts";
import type { Database } from "#database/database.ts";
import type { Shard } from "#database/shard.ts";
import type { Rows, Statement } from "#database/statement.ts";
import type { PlanNode } from "./query-plan.ts";

/** A statement that ran, with its plan. */
export interface ExplainedStatement {
  readonly name: string;
  /** The plan for all values. */
  readonly plan: PlanNode;
}

/** A database that explains each statement that it runs. */
export interface ExplainingDatabase {
  readonly database: Database;
  /** Returns the statements since the last time, in the order in which they ran. */
  takeStatements(): readonly ExplainedStatement[];
}

interface ExplainRow {
  readonly "QUERY PLAN": readonly [{ readonly Plan: PlanNode }];
}

/**
 * Runs the statements of a repository on a real database, each twice: first explained and undone,
 * then for its result. So a test reads the plan of what a repository sends, with its values.
 *
 * The plan is the generic one, for all values: the server makes no other.
 */
export function explainStatements(database: Database): ExplainingDatabase {
  let explained: ExplainedStatement[] = [];

  async function run<Row>(
    connection: Connection,
    statement: Statement,
    values: readonly unknown[] = [],
  ): Promise<Rows<Row>> {
    const plan = await explain(connection, { statement, values });
    explained.push({ name: statement.name, plan });
    return connection.query<Row>(statement, values);
  }

  function onShard(shard: Shard): Shard {
    const runOne: Shard["write"] = (statement, values, signal) =>
      shard.transaction((connection) => run(connection, statement, values), signal);
    return {
      read: runOne,
      readCurrent: runOne,
      write: runOne,
      transaction: (body, signal) =>
        shard.transaction(
          (connection) =>
            body({
              query: (statement, values) => run(connection, statement, values),
              execute: (text, values) => connection.execute(text, values),
            }),
          signal,
        ),
    };
  }

  /** One object for each shard, since repositories group their keys by it. */
  const shards = new Map<Shard, Shard>();

  function find(shard: Shard): Shard {
    const explainingShard = shards.get(shard) ?? onShard(shard);
    shards.set(shard, explainingShard);
    return explainingShard;
  }

  return {
    database: { ...database, for: (key) => find(database.for(key)) },
    takeStatements() {
      const taken = explained;
      explained = [];
      return taken;
    },
  };
}

/** Finds the names of the statements in the files of a repository. */
export async function findStatementNames(folder: URL): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ts"));
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, folder), "utf8")));
  return sources
    .flatMap((source) => [...source.matchAll(/^ +name: "([a-z0-9_]+)",$/gm)])
    .map(([, name = ""]) => name)
    .sort();
}

async function explain(
  connection: Connection,
  { statement, values }: { readonly statement: Statement; readonly values: readonly unknown[] },
): Promise<PlanNode> {
  const list = values.length === 0 ? "" : `(${values.map(toLiteral).join(", ")})`;
  const executeOnce = async (): Promise<PlanNode> => {
    await connection.execute("savepoint explained");
    const { rows } = await connection.execute<ExplainRow>(
      `explain (analyze, buffers, timing off, format json) execute explained${list}`,
    );
    await connection.execute("rollback to savepoint explained");
    assert(rows[0], "explain returns one row");
    return rows[0]["QUERY PLAN"][0].Plan;
  };
  await connection.execute(`prepare explained as ${statement.text}`);
  // The first time the session also reads the catalogs, and that counts as buffers.
  await executeOnce();
  const plan = await executeOnce();
  await connection.execute("deallocate explained");
  return plan;
}

/** `execute` takes no parameters, so its values are literals, which Postgres converts itself. */
function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return quote(toText(value));
}

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `{${value.map(toElement)}}`;
  return String(value);
}

function toElement(value: unknown): string {
  return value === null || value === undefined ? "null" : JSON.stringify(toText(value));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
