import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { installMissing } from "../install-missing.ts";

const PAGE = fileURLToPath(new URL("../../../docs/packetwalk.1", import.meta.url));
const render = (page: string) => execa("groff", ["-man", "-Tutf8", "-P-cbou", "-ww", "-rLL=100n", page]);

beforeAll(() => installMissing({ groff: "groff-base" }));

test("groff has no warning about the man page, and its sections are all there", async () => {
  const { stdout, stderr } = await render(PAGE);
  expect(stderr).toBe("");
  const sections = stdout.split("\n").filter((line) => /^[A-Z][A-Z ]+$/.test(line));
  expect(sections).toEqual([
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "COMMANDS",
    "OPTIONS",
    "EXIT STATUS",
    "FILES",
    "ENVIRONMENT",
    "EXAMPLES",
    "SEE ALSO",
  ]);
});

test("what is to be copied has the hyphens that are typed", async () => {
  const { stdout } = await render(PAGE);
  expect(stdout).toContain("packetwalk compare connection-flood --quick --baseline baseline --tuned recommended");
});

test("a warning would be seen", async () => {
  const { stderr } = await execa("groff", ["-man", "-Tutf8", "-ww"], { input: ".TH A 1\n.SH NAME\n\\[nosuch]\n" });
  expect(stderr).not.toBe("");
});
