import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packetwalk } from "../../support/packetwalk.ts";
import { installMissing } from "../install-missing.ts";

const FIXTURES = fileURLToPath(new URL("fixtures/completion/", import.meta.url));
const BIN = fileURLToPath(new URL("../../../bin/packetwalk", import.meta.url));
const CONTEXTS = ["arn:aws:eks:eu-central-1:1:cluster/shop", "st aging", "$(touch bad)"];

let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  await installMissing({ zsh: "zsh", fish: "fish" });
  folder = mkdtempSync(join(tmpdir(), "packetwalk-completion-"));
  mkdirSync(join(folder, "bin"));
  symlinkSync(BIN, join(folder, "bin/packetwalk"));
  mkdirSync(join(folder, "files/shots"), { recursive: true });
  writeFileSync(join(folder, "files/shop.yaml"), "");
  writeFileSync(
    join(folder, "kubeconfig"),
    JSON.stringify({ contexts: CONTEXTS.map((name) => ({ name, context: {} })) }),
  );
  env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    HOME: folder,
    KUBECONFIG: join(folder, "kubeconfig"),
    XDG_STATE_HOME: join(folder, "state"),
  };
  // Compiles what a clone may still have to compile.
  await packetwalk(["--version"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inShell = async (shell: string, line: string) => {
  const { stdout } = await execa(shell, [join(FIXTURES, `ask.${shell}`), line], { cwd: join(folder, "files"), env });
  return stdout.split("\n");
};

describe("bash", () => {
  test.each([
    ["a command", "packetwalk comp", ["compare", "completion"]],
    ["a suite, once", "packetwalk compare dns-storm d", []],
    ["an arm of the suite, and tunings", "packetwalk compare dns-storm --tuned nd", ["ndots2", "ndots-1", "ndots-2"]],
    ["after a comma", "packetwalk compare dns-storm --tuned article,autop", ["article,autopath"]],
    ["after =, which splits words", "packetwalk report . --format=ju", ["junit"]],
    ["what only a suite has", "packetwalk compare dns-storm --dep", ["--depth"]],
    ["a context with colons", "packetwalk doctor --context arn:aws:e", ["eks:eu-central-1:1:cluster/shop"]],
    ["a context that is more than a word", "packetwalk doctor --context st", ["st\\ aging"]],
    ["a context that a shell would run", "packetwalk doctor --context $", ["\\$\\(touch\\ bad\\)"]],
    ["files", "packetwalk rehearse sho", ["shop.yaml", "shots"]],
    ["folders", "packetwalk report sho", ["shots"]],
  ])("completes %s", async (_what, line, expected) => {
    const got = (await inShell("bash", line)).filter((each) => each !== "");
    expect(got.toSorted()).toEqual(expected.toSorted());
    expect(existsSync(join(folder, "files/bad"))).toBe(false);
  });
});

test("fish completes the same, with what it means", async () => {
  expect(await inShell("fish", "packetwalk lab up --pr")).toEqual([
    "--proxy\tkube-proxy's mode, iptables if not given; with --cni cilium there is none",
  ]);
  expect(await inShell("fish", "packetwalk compare --tuned=reco")).toEqual(["--tuned=recommended"]);
  expect(await inShell("fish", "packetwalk doctor --context st")).toEqual(["st aging"]);
  expect(await inShell("fish", "packetwalk rehearse shop")).toEqual([expect.stringContaining("shop.yaml")]);
});

test("zsh puts what is the only one into its line", async () => {
  const typed = (await inShell("zsh", "packetwalk compare dns-storm --tuned reco")).join("\n");
  expect(typed).toContain("dns-storm --tuned recommended");
});
