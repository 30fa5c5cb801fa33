import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { linux } from "../../../../runner/undo/system/linux.ts";

const MACHINE_ID = "3d1219c7c4c5404aaa1f6d2a48adfda4";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "packetwalk-linux-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const stat = (state: string) =>
  `42 (node) x (y) ${state} 1 42 42 0 -1 4194560 9 0 0 0 1 2 0 0 20 0 11 0 8812345 1234 567 18446744073709551615\n`;

test("a machine is known by its machine-id and its name; its boot and its PIDs are the kernel's", () => {
  write("etc/machine-id", `${MACHINE_ID}\n`);
  write("proc/sys/kernel/random/boot_id", "939aaeee-91bc-4f81-8950-30d17f62f73e\n");
  mkdirSync(join(root, "proc/self/ns"), { recursive: true });
  symlinkSync("pid:[4026531836]", join(root, "proc/self/ns/pid"));
  const { machine } = linux(root, "runner-1");
  expect(machine).toMatchObject({
    name: "runner-1",
    boot: "939aaeee-91bc-4f81-8950-30d17f62f73e",
    pids: "pid:[4026531836]",
  });
  expect(machine.id).not.toContain(MACHINE_ID);
  expect(linux(root, "runner-1").machine.id).toBe(machine.id);
});

test("neither two machines of one image nor two containers without a machine-id are one", () => {
  const nameless = linux(root, "a").machine;
  expect(linux(root, "b").machine.id).not.toBe(nameless.id);
  write("etc/machine-id", MACHINE_ID);
  const ids = ["a", "b"].map((name) => linux(root, name).machine.id);
  expect(new Set([...ids, nameless.id]).size).toBe(3);
  expect(nameless).toMatchObject({ boot: "", pids: "" });
});

test("a process's start is the 22nd field, whatever its command is called", () => {
  write("proc/42/stat", stat("S"));
  expect(linux(root).startOf(42)).toBe("8812345");
});

test("one that has ended has no start, also while its parent does not know", () => {
  write("proc/42/stat", stat("Z"));
  expect([42, 43].map(linux(root).startOf)).toEqual([null, null]);
});

test("what can't be read is not taken for an end", () => {
  mkdirSync(join(root, "proc/42/stat"), { recursive: true });
  expect(linux(root).startOf(42)).toBe("");
});
