import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "../../../runner/history/open.ts";
import { sqliteSentence } from "../../../runner/history/sqlite.ts";
import type { Store } from "../../../runner/history/store.ts";
import { recorded } from "../../support/recorded.ts";
import { storeContract } from "../../support/store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "packetwalk-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(where: string, mode: "read" | "write" = "write"): Promise<Store> {
  const store = await openStore(where, mode);
  if (store === null) throw new Error(`${where} is not there`);
  return store;
}

async function refusal(where: string, mode: "read" | "write" = "write"): Promise<string> {
  try {
    const store = await open(where, mode);
    await store.nights();
    await store.close();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error("it was read");
}

describe("a store in SQLite", () => {
  storeContract(() => open(join(folder, "contract")));

  it("is not made by who reads it", async () => {
    expect(await openStore(join(folder, "nowhere"), "read")).toBeNull();
  });

  it("says what is wrong with its file", async () => {
    const file = (name: string) => join(folder, `${name}.db`);
    writeFileSync(file("text"), "These are notes of last Tuesday, and of no other day at all. ".repeat(50));
    expect(await refusal(file("text"))).toBe(`${file("text")} is not an SQLite database: give another store`);

    const foreign = new Database(file("foreign"));
    foreign.exec("CREATE TABLE bookmarks (url TEXT)");
    foreign.close();
    expect(await refusal(file("foreign"), "read")).toMatch(/foreign\.db holds no history of packetwalk: /);

    expect(await refusal("/proc/packetwalk.db")).toMatch(/^\/proc\/packetwalk\.db can't be opened: permission denied/);
    expect(await refusal(join(file("text"), "below"))).toMatch(/text\.db\/below\/history\.db can't be used: ENOTDIR/);
  });

  it("says when it is of a newer packetwalk", async () => {
    const file = join(folder, "newer.db");
    await (await open(file)).close();
    const database = new Database(file);
    database.exec("UPDATE packetwalk_history SET schema_version = 2");
    database.close();
    expect(await refusal(file)).toBe(
      `${file} has version 2 of the history, and this packetwalk knows 1: use a newer packetwalk`,
    );
  });

  it("says when it is damaged", async () => {
    const file = join(folder, "damaged.db");
    const store = await open(file);
    await store.add([recorded("2026-03-02")]);
    await store.close();
    const bytes = readFileSync(file);
    // All pages but the first, which holds the schema.
    writeFileSync(file, bytes.fill(0xaa, 4096));
    expect(await refusal(file)).toMatch(/damaged\.db is damaged: restore it from a copy/);
  });

  it("has a sentence for a full disk, a read-only one, and a writer that does not end", () => {
    const coded = (code: string) => Object.assign(new Error("x"), { code });
    expect(sqliteSentence("h.db", coded("SQLITE_FULL"))).toBe("h.db can't be written: the disk is full");
    expect(sqliteSentence("h.db", coded("SQLITE_READONLY_DIRECTORY"))).toMatch(/permission denied, or its file system/);
    expect(sqliteSentence("h.db", coded("SQLITE_BUSY"))).toMatch(/being written by another process/);
  });
});
