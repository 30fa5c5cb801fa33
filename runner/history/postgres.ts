/** A history in PostgreSQL, for those who have outgrown one file. */
import pg from "pg";
import { z } from "zod";
import { reasonOf } from "../errors.ts";
import type { Sql } from "./sql-store.ts";
import { nameOf } from "./store-name.ts";

const CONNECT_MS = 15_000;
/** A number of our own: who prepares or writes holds it. */
const ADVISORY_LOCK = 7_383_451;

const TableRow = z.object({ table_name: z.string() });

/** @throws what `postgresSentence` has words for */
export async function openPostgres(url: string): Promise<Sql> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A server that goes away is told by the next query; without a listener it would end the process.
  client.on("error", () => undefined);
  await client.connect();
  const query = (statement: string, parameters: readonly unknown[] = []) =>
    client.query<Record<string, unknown>>(numbered(statement), [...parameters]);
  const all: Sql["all"] = async (statement, parameters) => (await query(statement, parameters)).rows;
  return {
    name: nameOf(url),
    all,
    run: async (statement, parameters) => (await query(statement, parameters)).rowCount ?? 0,
    script: async (statements) => void (await client.query(statements)),
    async transaction(work) {
      await client.query("BEGIN");
      try {
        await query("SELECT pg_advisory_xact_lock(?)", [ADVISORY_LOCK]);
        const done = await work();
        await client.query("COMMIT");
        return done;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => undefined);
        throw error;
      }
    },
    async tables() {
      const rows = await all("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()");
      return rows.map((row) => TableRow.parse(row).table_name);
    },
    sentence: (error) => postgresSentence(url, error),
    close: () => client.end(),
  };
}

export function postgresSentence(url: string, error: unknown): string {
  return `${nameOf(url)} can't be used: ${reasonOf(error)}`;
}

/** `?` as PostgreSQL has it. */
function numbered(statement: string): string {
  let count = 0;
  return statement.replace(/\?/g, () => `$${++count}`);
}
