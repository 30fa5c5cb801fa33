/** What doctor prints to be copied: a name is one word, whatever is in it. */
import { Command } from "commander";
import { expect, test } from "vitest";
import { doctorMarkdown } from "../../../reports/doctor/markdown.ts";
import { addTargetOptions, targetWords } from "../../../runner/cli/target-options.ts";
import { reads } from "../../../runner/doctor/proofs.ts";
import { shellWord } from "../../../runner/shell-word.ts";
import { diagnosis } from "./diagnosis.ts";
import { service, web } from "./well-configured.ts";

const ODD = 'it\'s $(a) `b`; c|d "e" *';

test("a word is quoted where a shell would take it for more than one, and only there", () => {
  expect(shellWord("arn:aws:eks:eu-west-1:1/prod@x")).toBe("arn:aws:eks:eu-west-1:1/prod@x");
  expect(shellWord("")).toBe("''");
  expect(shellWord("a b")).toBe("'a b'");
  expect(shellWord("it's")).toBe(`'it'\\''s'`);
});

test("names in a command of kubectl's are quoted", () => {
  expect(reads`describe node ${ODD} -o yaml`).toEqual({
    kind: "read",
    command: `describe node ${shellWord(ODD)} -o yaml`,
  });
});

test("paths and contexts in the words of a target are quoted", () => {
  const words = ["--kubeconfig", "/home/a b/config", "--context", ODD, "--node-selector", "a=b c"];
  const options = addTargetOptions(new Command())
    .parse(words, { from: "user" })
    .opts<Parameters<typeof targetWords>[0]>();
  expect(targetWords(options)).toEqual([
    "--kubeconfig '/home/a b/config'",
    `--context ${shellWord(ODD)}`,
    "--node-selector 'a=b c'",
  ]);
});

test("Markdown keeps a command as it is, backticks and bars too", async () => {
  const workloads = [web({ namespace: "a`b", name: "x|y", replicas: 1 })];
  const services = [service({ namespace: "a`b", name: "x" })];
  const markdown = doctorMarkdown(await diagnosis({ workloads, services }));
  expect(markdown).toContain("`` kubectl --context staging get deployment -n 'a`b' 'x\\|y' ``");
  expect(markdown).toContain("`curl https://127.0.0.1:2379/metrics | grep etcd_disk_wal_fsync`");
});
