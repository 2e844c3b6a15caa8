import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import type { Shard } from "@triptych/chassis/database/shard";
import type { Statement } from "@triptych/chassis/database/statement";

/** A database that records the statements sent to it. Each is one round trip. */
export interface CountedDatabase {
  readonly database: Database;
  /** Returns the names of the statements since the last time, in the order in which they ran. */
  takeStatements(): readonly string[];
}

/** Records the statements that go to a real database. */
export function countStatements(database: Database): CountedDatabase {
  let names: string[] = [];
  const record = ({ name }: Statement) => names.push(name);

  function countOnConnection(connection: Connection): Connection {
    return {
      query(statement, values) {
        record(statement);
        return connection.query(statement, values);
      },
      execute: (text, values) => connection.execute(text, values),
    };
  }

  function countOnShard(shard: Shard): Shard {
    return {
      read(statement, values, signal) {
        record(statement);
        return shard.read(statement, values, signal);
      },
      readCurrent(statement, values, signal) {
        record(statement);
        return shard.readCurrent(statement, values, signal);
      },
      write(statement, values, signal) {
        record(statement);
        return shard.write(statement, values, signal);
      },
      async transaction(body, signal) {
        names.push("begin");
        const result = await shard.transaction(
          (connection) => body(countOnConnection(connection)),
          signal,
        );
        names.push("commit");
        return result;
      },
    };
  }

  const countedShards = new Map<Shard, Shard>();
  function countedFor(key: string): Shard {
    const shard = database.for(key);
    const counted = countedShards.get(shard) ?? countOnShard(shard);
    countedShards.set(shard, counted);
    return counted;
  }

  return {
    database: { ...database, for: countedFor },
    takeStatements() {
      const taken = names;
      names = [];
      return taken;
    },
  };
}
