import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { answerOf } from "../../../../runner/cli/completion/answer.ts";
import { contextNames } from "../../../../runner/cli/completion/contexts.ts";
import { programFor } from "../../../../runner/cli/program.ts";
import { SUITES } from "../../../../suites/index.ts";

const folder = mkdtempSync(join(tmpdir(), "packetwalk-contexts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What completes a line whose words have a space between them; the last may be empty. */
async function answer(line: string) {
  const words = line.split(" ");
  const { source, choices } = await answerOf(await programFor(words), words);
  return { source, words: choices.map(({ word }) => word) };
}

test.each([
  ["re", ["rehearse", "report", "restore"]],
  ["__", []],
  ["compare rolling-update dns-storm ", ["connection-flood", "overlay-tax", "saturation", "service-scale"]],
  ["compare dns-storm --tuned node-l", ["node-local-cache"]],
  ["compare --tuned=placebo,native", ["--tuned=placebo,native-sleep"]],
  ["compare rolling-update --tuned placebo,plac", []],
  ["compare --engine ", ["flood", "k6", "undici", "autocannon"]],
  ["compare dns-storm --faults kill-pod,l", ["kill-pod,lossy-upstream"]],
  ["compare saturation --faul", []],
  ["compare --quick --qui", []],
  ["lab ", ["up", "down", "status", "kubeconfig", "kubectl", "help"]],
  ["lab up --proxy n", ["nftables"]],
  ["tunings ndots", ["ndots-1", "ndots-2"]],
  ["report --format ht", ["html"]],
  ["completion ", ["bash", "zsh", "fish"]],
  ["rehearse --fail", []],
  ["compare -- --tu", []],
])("%s is completed by %j", async (line, words) => {
  expect(await answer(line)).toEqual({ source: "words", words });
});

test.each([
  ["report ", "folders"],
  ["judge ", "files"],
  ["rehearse shop", "files"],
  ["compare --tuned ./mi", "folders"],
  ["tunings --here ../", "folders"],
  ["doctor --kubeconfig ", "files"],
  ["history /var/", "folders"],
])("%s wants %s", async (line, source) => {
  expect(await answer(line)).toEqual({ source, words: [] });
});

test("a suite comes with its question", async () => {
  const { choices } = await answerOf(await programFor(["compare"]), ["compare", "sat"]);
  expect(choices).toEqual([{ word: "saturation", about: SUITES.find(({ name }) => name === "saturation")?.question }]);
});

test("contexts come from the kubeconfig that the line names, but for names that would change a terminal", async () => {
  const file = join(folder, "config");
  const names = ["shop", "shop-staging", "shop\u001b[2J", "shop\nrm"];
  writeFileSync(file, JSON.stringify({ contexts: names.map((name) => ({ name })) }));
  expect(await answer(`doctor --kubeconfig ${file} --context sh`)).toEqual({
    source: "words",
    words: ["shop", "shop-staging"],
  });
});

test("what is no kubeconfig has no contexts", () => {
  const broken = join(folder, "broken");
  writeFileSync(broken, "contexts: [");
  const large = join(folder, "large");
  writeFileSync(large, `${JSON.stringify({ contexts: [{ name: "shop" }] })}${" ".repeat(1_000_000)}`);
  for (const file of [broken, large, folder, join(folder, "missing"), "/dev/zero"])
    expect(contextNames(file)).toEqual([]);
});
