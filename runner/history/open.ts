import { existsSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "../user-folders.ts";
import { sqlStore } from "./sql-store.ts";
import { type Store, StoreError } from "./store.ts";

/** The user's own, where none is named. */
export function defaultStore(): string {
  return join(stateFolder(), "history");
}

/**
 * @param where a folder, a file that ends in .db, or a URL of PostgreSQL
 * @returns null: there is none to read
 * @throws StoreError
 */
export async function openStore(where: string, mode: "read" | "write"): Promise<Store | null> {
  // Late: each brings a library with it, and only one of them is needed.
  if (/^postgres(ql)?:\/\//.test(where)) {
    const { openPostgres, postgresSentence } = await import("./postgres.ts");
    return sqlStore(
      await opened(
        () => openPostgres(where),
        (error) => postgresSentence(where, error),
      ),
      mode,
    );
  }
  const file = where.endsWith(".db") ? where : join(where, "history.db");
  if (mode === "read" && !existsSync(file)) return null;
  const { openSqlite, sqliteSentence } = await import("./sqlite.ts").catch((error: unknown) => {
    throw new StoreError(
      `there is no SQLite for ${process.platform} on ${process.arch} in this installation: give a store in PostgreSQL, or install packetwalk again with optional dependencies`,
      { cause: error },
    );
  });
  return sqlStore(
    await opened(
      async () => openSqlite(file),
      (error) => sqliteSentence(file, error),
    ),
    mode,
  );
}

async function opened<T>(open: () => Promise<T>, sentence: (error: unknown) => string): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new StoreError(sentence(error), { cause: error });
  }
}
