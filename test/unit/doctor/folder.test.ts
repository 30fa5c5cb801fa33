import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { doctorFolder } from "../../../runner/cli/doctor-folder.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { Diagnosis } from "../../../runner/result/diagnosis.ts";
import { diagnosis } from "./diagnosis.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-doctor-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("page, Markdown and JSON go into a folder that is made for them; the JSON reads back as the same diagnosis", async () => {
  const out = join(folder, "new", "one");
  const seen = await diagnosis({}, { rate: 900 });
  const files = await doctorFolder(out).write(seen);
  expect(files).toEqual(["doctor.html", "doctor.md", "doctor.json"].map((name) => join(out, name)));
  expect(Diagnosis.parse(JSON.parse(readFileSync(join(out, "doctor.json"), "utf8")))).toEqual(seen);
  expect(readFileSync(join(out, "doctor.html"), "utf8")).toMatch(/^<!doctype html>/);
  expect(readFileSync(join(out, "doctor.md"), "utf8")).toMatch(/^# packetwalk doctor\n/);
});

test("an earlier diagnosis is kept, in a folder of its own, and what is not doctor's stays where it is", async () => {
  writeFileSync(join(folder, "notes.txt"), "mine");
  await doctorFolder(folder).write(await diagnosis({}));
  const before = readFileSync(join(folder, "doctor.json"), "utf8");
  await doctorFolder(folder).write(await diagnosis({}, { rate: 900 }));
  expect(readdirSync(folder).sort()).toEqual(["doctor.html", "doctor.json", "doctor.md", "earlier", "notes.txt"]);
  const [when = ""] = readdirSync(join(folder, "earlier"));
  expect(readFileSync(join(folder, "earlier", when, "doctor.json"), "utf8")).toBe(before);
});

test("a folder that can't be made is refused in one sentence, before anything is asked", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  expect(() => doctorFolder(join(file, "out"))).toThrow(EnvironmentError);
  expect(() => doctorFolder(join(file, "out"))).toThrow(/^--out .*\/file\/out can't be made: /);
});

test("a file that can't be written is told in one sentence", async () => {
  const results = doctorFolder(folder);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "");
  await expect(results.write(await diagnosis({}))).rejects.toThrow(/^--out .* can't be made: /);
});
