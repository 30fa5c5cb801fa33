import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "../../../runner/history/open.ts";
import { recorded } from "../../support/recorded.ts";

const folder = mkdtempSync(join(tmpdir(), "packetwalk-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const WRITER = fileURLToPath(new URL("writer.ts", import.meta.url));

const writer = (where: string, first: string, count: number) =>
  execa(process.execPath, ["--import", "tsx", WRITER, where, first, String(count)], { reject: false });

async function nightsIn(where: string): Promise<string[]> {
  const store = await openStore(where, "read");
  const nights = (await store?.nights()) ?? [];
  await store?.close();
  return nights.map(({ at }) => at.slice(0, 10));
}

describe("a store in SQLite", () => {
  it("loses nothing of two processes that write at the same time", async () => {
    const where = join(folder, "two");
    const ended = await Promise.all([writer(where, "2026-01-01", 25), writer(where, "2026-02-01", 25)]);
    expect(ended.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(await nightsIn(where)).toHaveLength(50);
  });

  it("has all that a writer said it had added, when that one is killed in the middle of its work", async () => {
    const where = join(folder, "killed");
    const running = writer(where, "2026-01-01", 10_000);
    let said = "";
    running.stdout.on("data", (text: Buffer) => {
      said += text.toString();
      if (said.split("\n").length > 20) running.kill("SIGKILL");
    });
    expect((await running).signal).toBe("SIGKILL");
    const nights = await nightsIn(where);
    const complete = said.split("\n").slice(0, -1);
    expect(nights.slice(0, complete.length)).toEqual(complete);
    expect(await (await openStore(where, "write"))?.add([recorded("2025-12-31")])).toBe(1);
    const database = new Database(join(where, "history.db"));
    expect(database.prepare("PRAGMA integrity_check").all()).toMatchObject([{ integrity_check: "ok" }]);
    database.close();
  });

  it("says when its disk is full, and keeps what it had", async () => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    await execa("mount", ["-t", "tmpfs", "-o", "size=300k", "packetwalk-test", disk]);
    try {
      const store = await openStore(disk, "write");
      const nights = Array.from({ length: 28 }, (_, i) => recorded(`2026-02-${String(i + 1).padStart(2, "0")}`));
      await expect(store?.add(nights)).rejects.toThrow(`${disk}/history.db can't be written: the disk is full`);
      expect(await store?.nights()).toEqual([]);
      await store?.close();
    } finally {
      // SQLite's file is let go of a little after it is closed.
      await execa("umount", ["-l", disk]);
    }
  });

  it("says when it is on a read-only file system, which reading does not mind", async () => {
    const [where, readOnly] = [join(folder, "written"), join(folder, "read-only")];
    const store = await openStore(where, "write");
    await store?.add([recorded("2026-02-01")]);
    await store?.close();
    mkdirSync(readOnly);
    await execa("mount", ["--bind", where, readOnly]);
    try {
      await execa("mount", ["-o", "remount,bind,ro", readOnly]);
      expect(await nightsIn(readOnly)).toEqual(["2026-02-01"]);
      await expect(openStore(readOnly, "write")).rejects.toThrow(
        `${readOnly}/history.db can't be written: permission denied, or its file system is read-only`,
      );
    } finally {
      await execa("umount", ["-l", readOnly]);
    }
  });
});
