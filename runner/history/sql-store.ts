/** The store as SQL that SQLite and PostgreSQL both take. */
import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { Night } from "../result/night.ts";
import { type Entry, type Store, StoreError } from "./store.ts";

export type SqlValue = string | number | null;

/** A connection to a database; parameters are written `?`. Its errors are its own. */
export interface Sql {
  readonly name: string;
  all(statement: string, parameters?: readonly SqlValue[]): Promise<readonly unknown[]>;
  /** @returns rows that changed */
  run(statement: string, parameters?: readonly SqlValue[]): Promise<number>;
  /** Several statements. */
  script(statements: string): Promise<void>;
  /** Other writers wait for its end. It is undone if the work throws. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** The tables of this database that begin with packetwalk_. */
  tables(): Promise<readonly string[]>;
  /** What an error of the database means, in one sentence. */
  sentence(error: unknown): string;
  close(): Promise<void>;
}

export const STORE_VERSION = 1;
const SCHEMA = readFileSync(new URL("schema.sql", import.meta.url), "utf8");

const VersionRow = z.object({ schema_version: z.number() });
const NightRow = z.object({ id: z.string(), night: z.string() });
const DocumentRow = z.object({ document: z.string() });

/**
 * @param mode to read: nothing is made where nothing is
 * @throws StoreError
 */
export async function sqlStore(sql: Sql, mode: "read" | "write"): Promise<Store> {
  const telling = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof StoreError ? error : new StoreError(sql.sentence(error), { cause: error });
    }
  };
  try {
    await telling(() => (mode === "write" ? sql.transaction(() => prepare(sql)) : assertReadable(sql)));
  } catch (error) {
    await sql.close();
    throw error;
  }
  return {
    name: sql.name,
    add: (entries) => telling(() => sql.transaction(() => addAll(sql, entries))),
    nights: () => telling(async () => (await storedIn(sql)).map(({ night }) => night)),
    stored: () => telling(() => storedIn(sql)),
    document: (id) => telling(() => documentIn(sql, id)),
    prune: (before) =>
      telling(() =>
        sql.transaction(() => sql.run("DELETE FROM packetwalk_results WHERE started_at < ?", [before.toISOString()])),
      ),
    close: () => sql.close(),
  };
}

async function prepare(sql: Sql): Promise<void> {
  if ((await sql.tables()).includes("packetwalk_history")) {
    await assertReadable(sql);
    // Who can't write is told before minutes of work, and not after them.
    await sql.run("UPDATE packetwalk_history SET schema_version = schema_version");
    return;
  }
  await sql.script(SCHEMA);
  await sql.run("INSERT INTO packetwalk_history (schema_version) VALUES (?)", [STORE_VERSION]);
}

async function assertReadable(sql: Sql): Promise<void> {
  if (!(await sql.tables()).includes("packetwalk_history"))
    throw new StoreError(`${sql.name} holds no history of packetwalk: give another one, or import results into it`);
  const row = VersionRow.safeParse((await sql.all("SELECT schema_version FROM packetwalk_history"))[0]);
  if (!row.success) throw new StoreError(`${sql.name} is damaged: it does not say its version; restore it from a copy`);
  const { schema_version: version } = row.data;
  if (version > STORE_VERSION)
    throw new StoreError(
      `${sql.name} has version ${version} of the history, and this packetwalk knows ${STORE_VERSION}: use a newer packetwalk`,
    );
}

async function addAll(sql: Sql, entries: readonly Entry[]): Promise<number> {
  let added = 0;
  for (const { id, night, document } of entries) {
    const isNew = await sql.run(
      `INSERT INTO packetwalk_results (id, cluster, suite, size, packetwalk, started_at, verdict, night, document)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      [
        ...[id, night.cluster, night.suite, night.size, night.packetwalk],
        ...[new Date(night.at).toISOString(), night.verdict, JSON.stringify(night), packed(document)],
      ],
    );
    if (isNew === 0) continue;
    added++;
    for (const { role, name } of night.arms)
      await sql.run("INSERT INTO packetwalk_arms (result_id, role, name) VALUES (?, ?, ?)", [id, role, name]);
    for (const { name, unit, values } of night.metrics)
      for (const [arm, value] of Object.entries(values))
        await sql.run("INSERT INTO packetwalk_values (result_id, arm, metric, unit, value) VALUES (?, ?, ?, ?, ?)", [
          ...[id, arm, name, unit, value],
        ]);
  }
  return added;
}

async function storedIn(sql: Sql): Promise<Omit<Entry, "document">[]> {
  const rows = await sql.all("SELECT id, night FROM packetwalk_results ORDER BY started_at, id");
  return rows.map((row) => {
    const { id, night } = NightRow.parse(row);
    const read = Night.safeParse(parsed(night));
    if (read.success) return { id, night: read.data };
    throw new StoreError(`${sql.name} is damaged: result ${id.slice(0, 12)} can't be read; restore it from a copy`);
  });
}

async function documentIn(sql: Sql, id: string): Promise<unknown> {
  const [row] = await sql.all("SELECT document FROM packetwalk_results WHERE id = ?", [id]);
  if (row === undefined) throw new StoreError(`${sql.name} holds no result ${id}`);
  const { document } = DocumentRow.parse(row);
  try {
    return JSON.parse(gunzipSync(Buffer.from(document, "base64")).toString("utf8"));
  } catch (error) {
    throw new StoreError(`${sql.name} is damaged: result ${id.slice(0, 12)} can't be read; restore it from a copy`, {
      cause: error,
    });
  }
}

function packed(document: unknown): string {
  return gzipSync(JSON.stringify(document)).toString("base64");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
