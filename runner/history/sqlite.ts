/** A history in one file. The rollback journal, and no WAL: a store may lie on a network's file system, and is one file to copy. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "libsql";
import { z } from "zod";
import { reasonOf } from "../errors.ts";
import type { Sql } from "./sql-store.ts";

/** Another writer is done by then. */
const BUSY_MS = 30_000;
const RETRY_MS = 25;
/** Of a reader, while a writer's last step is made. */
const LAST_STEP_MS = 5_000;

const TableRow = z.object({ name: z.string() });

/** @throws what `sqliteSentence` has words for */
export function openSqlite(file: string): Sql {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: LAST_STEP_MS });
  database.exec("PRAGMA foreign_keys = ON");
  const all: Sql["all"] = async (statement, parameters = []) => database.prepare(statement).all(...parameters);
  return {
    name: file,
    all,
    run: async (statement, parameters = []) => database.prepare(statement).run(...parameters).changes,
    script: async (statements) => void database.exec(statements),
    async transaction(work) {
      await begin(database);
      try {
        const done = await work();
        database.exec("COMMIT");
        return done;
      } catch (error) {
        // A full disk has ended it already.
        if (database.inTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    tables: async () =>
      (await all("SELECT name FROM sqlite_master WHERE type = 'table'")).map((row) => TableRow.parse(row).name),
    sentence: (error) => sqliteSentence(file, error),
    close: async () => void database.close(),
  };
}

/** Waits for another writer without holding up this process, whose that one may be. */
async function begin(database: Database.Database): Promise<void> {
  const until = Date.now() + BUSY_MS;
  database.exec("PRAGMA busy_timeout = 0");
  try {
    for (;;) {
      try {
        database.exec("BEGIN IMMEDIATE");
        return;
      } catch (error) {
        if (codeOf(error) !== "SQLITE_BUSY" || Date.now() > until) throw error;
      }
      await setTimeout(RETRY_MS);
    }
  } finally {
    database.exec(`PRAGMA busy_timeout = ${LAST_STEP_MS}`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** By the beginning of SQLite's own code. */
const SENTENCES: readonly (readonly [string, string])[] = [
  ["SQLITE_NOTADB", "is not an SQLite database: give another store"],
  ["SQLITE_CORRUPT", "is damaged: restore it from a copy, or import the results into a new store"],
  ["SQLITE_READONLY", "can't be written: permission denied, or its file system is read-only"],
  ["SQLITE_FULL", "can't be written: the disk is full"],
  ["SQLITE_BUSY", `is being written by another process, which did not end within ${BUSY_MS / 1000} s: try again`],
  ["SQLITE_CANTOPEN", "can't be opened: permission denied, or a folder is in the way"],
];

export function sqliteSentence(file: string, error: unknown): string {
  const code = codeOf(error);
  const known = SENTENCES.find(([beginning]) => code.startsWith(beginning));
  if (known) return `${file} ${known[1]}`;
  // Where it can't be opened at all the library tells SQLite's number only.
  if (error instanceof Error && error.message.startsWith("ConnectionFailed"))
    return `${file} can't be opened: permission denied, or a folder is in the way`;
  return `${file} can't be used: ${reasonOf(error)}`;
}
