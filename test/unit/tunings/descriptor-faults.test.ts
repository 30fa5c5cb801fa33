import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exitCodeOfError } from "../../../runner/cli/exit-codes.ts";
import { armByName } from "../../../runner/experiment/arms.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import { rollingUpdate } from "../../../suites/rolling-update/suite.ts";
import { dnsYaml, folders, nodeSysctlYaml, patchYaml, podSysctlYaml } from "./folders.ts";

const SYSCTL = podSysctlYaml("net.ipv4.tcp_fin_timeout", 15);
const PATCH = "spec:\n  template:\n    spec:\n      terminationGracePeriodSeconds: 5\n";

/** The sentence, with the folder's path as FOLDER. */
async function sentenceOf(
  suite: typeof connectionFlood | typeof dnsStorm | typeof rollingUpdate,
  descriptor: string,
  patch?: string,
): Promise<string> {
  using made = folders();
  const folder = made.tuning("mine", descriptor, patch);
  const error: unknown = await armByName<never>(suite as never, folder, "--tuned").catch((error: unknown) => error);
  expect(exitCodeOfError(error)).toBe(4);
  const { message } = error as Error;
  expect(message).not.toContain("\n");
  return message.replaceAll(folder, "FOLDER");
}

/** Small, and a thousand times as large once it is read. */
const ALIASES = `a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
title: *c
`;

const without = (field: string) => SYSCTL.replace(new RegExp(`^${field}:.*\n`, "m"), "");
const having = (field: string, text: string) => SYSCTL.replace(new RegExp(`^${field}:.*$`, "m"), `${field}: ${text}`);

describe("what is wrong with a descriptor is one sentence with file, line and field", () => {
  test.each<[string, string, string | RegExp]>([
    ["no YAML", "title: [", /^FOLDER\/tuning\.yaml:\d+: is not YAML: /],
    ["one field twice", `${SYSCTL}note: again\n`, /^FOLDER\/tuning\.yaml:9: is not YAML: Map keys must be unique/],
    [
      "aliases that multiply",
      ALIASES,
      /^FOLDER\/tuning\.yaml:1: is not YAML that is taken here: Excessive alias count/,
    ],
    ["a list", "- title: x\n", "FOLDER/tuning.yaml:1: is not a list of fields; begin with title: and kind:"],
    ["nothing", "", "FOLDER/tuning.yaml:1: is not a list of fields; begin with title: and kind:"],
    ["no kind", without("kind"), "FOLDER/tuning.yaml:1: kind: is missing; add it"],
    [
      "a kind that is no text",
      having("kind", "7"),
      "FOLDER/tuning.yaml:2: kind: is not text; write the name of a kind",
    ],
    [
      "a kind that nobody knows",
      having("kind", "sysctl"),
      /^FOLDER\/tuning\.yaml:2: kind: connection-flood can't stage "sysctl"; it stages node-sysctl, pod-sysctl: conntrack-/,
    ],
    ["no title", without("title"), "FOLDER/tuning.yaml:1: title: is missing; add it"],
    ["an empty title", having("title", '""'), "FOLDER/tuning.yaml:1: title: is empty; write a sentence"],
    ["a list for a title", having("title", "[a]"), "FOLDER/tuning.yaml:1: title: is not text; write a sentence"],
    ["no scope", without("scope"), "FOLDER/tuning.yaml:1: scope: is missing; write pod-spec"],
    [
      "another kind's scope",
      having("scope", "node"),
      'FOLDER/tuning.yaml:3: scope: "node" does not fit; write pod-spec',
    ],
    [
      "a claim that there is not",
      `claim: 16\n${SYSCTL}`,
      "FOLDER/tuning.yaml:1: claim: is not a claim; write its number from 1 to 15, or none",
    ],
    [
      "a key beyond the network",
      having("key", "kernel.panic"),
      "FOLDER/tuning.yaml:4: key: is not a sysctl of the network; write one that begins with net., with dots between its parts",
    ],
    ["no value", without("value"), "FOLDER/tuning.yaml:1: value: is missing; add it"],
    ["an empty value", having("value", '" "'), "FOLDER/tuning.yaml:5: value: is empty"],
    ["a list for a value", having("value", "[1, 2]"), "FOLDER/tuning.yaml:5: value: is neither text nor a number"],
    [
      "a place where it can't be",
      having("actsIn", "nodes"),
      'FOLDER/tuning.yaml:6: actsIn: "nodes" does not fit; write one of client-pods, client-and-server-pods',
    ],
    ["no note", without("note"), "FOLDER/tuning.yaml:1: note: is missing; add it"],
    ["no source", without("source"), "FOLDER/tuning.yaml:1: source: is missing; add it"],
    [
      "undone in another way than it is",
      `${SYSCTL}undo: by hand\n`,
      'FOLDER/tuning.yaml:9: undo: "by hand" does not fit; write it goes with the pods',
    ],
    [
      "a field that there is not",
      `${SYSCTL}valeu: 15\n`,
      /^FOLDER\/tuning\.yaml:9: valeu: is not a field here: take it out, or write value; there are kind, title, /,
    ],
    [
      "several: the first in the file",
      having("scope", "node").replace("client-pods", "x"),
      /^FOLDER\/tuning\.yaml:3: scope: /,
    ],
  ])("%s", async (_, descriptor, sentence) => {
    const said = await sentenceOf(connectionFlood, descriptor);
    if (typeof sentence === "string") expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
  });

  test("a sysctl of nodes that is meant to raise, or not", async () => {
    const yaml = `${nodeSysctlYaml("net.core.somaxconn", 1)}onlyRaises: perhaps\n`;
    expect(await sentenceOf(connectionFlood, yaml)).toBe("FOLDER/tuning.yaml:9: onlyRaises: is neither true nor false");
  });

  test.each<[string, string, string]>([
    [
      "no options",
      dnsYaml().replace("  options:\n\n", "  options: []\n"),
      "5: dnsConfig.options: is empty; write at least one option",
    ],
    ["an option without a name", dnsYaml("value: 2"), "6: dnsConfig.options.0.name: is missing; add it"],
    [
      "ndots without a value",
      dnsYaml("name: use-vc", "name: ndots"),
      "7: dnsConfig.options.1: is without a value; ndots takes one",
    ],
    [
      "a value that is no number",
      dnsYaml("{ name: ndots, value: two }"),
      "6: dnsConfig.options.0.value: is not a number; options of resolv.conf have whole numbers or nothing",
    ],
    [
      "a field within that there is not",
      dnsYaml("{ name: ndots, valu: 2 }"),
      "6: dnsConfig.options.0.valu: is not a field here: take it out, or write value",
    ],
  ])("dnsConfig: %s", async (_, descriptor, sentence) => {
    expect(await sentenceOf(dnsStorm, descriptor)).toBe(`FOLDER/tuning.yaml:${sentence}`);
  });

  test.each<[string, string, string]>([
    ["no list of fields", "corefile: cache", "4: corefile: is not a list of fields; write them below it, indented"],
    [
      "no time",
      "corefile:\n  cache:\n    ttlSeconds: soon",
      "6: corefile.cache.ttlSeconds: is not a whole number of seconds from 1 to 86400",
    ],
    ["a cache without a time", "corefile:\n  cache: {}", "5: corefile.cache.ttlSeconds: is missing; add it"],
    ["too many pods", "replicas: 21", "4: replicas: is not a whole number of pods from 1 to 20"],
    ["half a pod", "replicas: 1.5", "4: replicas: is not a whole number of pods from 1 to 20"],
  ])("DNS under test: %s", async (_, field, sentence) => {
    const yaml = SYSCTL.replace("pod-sysctl", "dns-component")
      .replace("scope: pod-spec", "scope: component")
      .replace(/key:.*\nvalue:.*\n/, `${field}\n`)
      .replace("client-pods", "cluster-dns");
    expect(await sentenceOf(dnsStorm, yaml)).toBe(`FOLDER/tuning.yaml:${sentence}`);
  });

  test("a DNS that is deployed as ever", async () => {
    const yaml = SYSCTL.replace("pod-sysctl", "dns-component")
      .replace("scope: pod-spec", "scope: component")
      .replace(/key:.*\nvalue:.*\n/, "")
      .replace("client-pods", "cluster-dns");
    expect(await sentenceOf(dnsStorm, yaml)).toBe(
      "FOLDER/tuning.yaml:2: kind: dns-component changes nothing here; write corefile or replicas",
    );
  });

  test.each<[string, string, string | undefined, string | RegExp]>([
    ["no patch", patchYaml(), undefined, /^FOLDER\/patch\.yaml can't be read: ENOENT/],
    ["no YAML", patchYaml(), "spec: {", /^FOLDER\/patch\.yaml:\d+: is not YAML: /],
    ["a list", patchYaml(), "- op: add\n", "FOLDER/patch.yaml:1: is not a patch of a Deployment; begin with spec:"],
    ["nothing set", patchYaml(), "{}\n", "FOLDER/patch.yaml:1: sets nothing; write at least one field"],
    [
      "replicas",
      patchYaml("component"),
      "spec:\n  minReadySeconds: 1\n  replicas: 3\n",
      "FOLDER/patch.yaml:3: spec.replicas: is the stage's own to set; take it out",
    ],
    [
      "pods, by a tuning of the Deployment",
      patchYaml("component"),
      PATCH,
      "FOLDER/patch.yaml:4: spec.template.spec.terminationGracePeriodSeconds: is of the pod template, and the scope is component; write scope: pod-spec, or make two tunings of it",
    ],
    [
      "the Deployment, by a tuning of pods",
      patchYaml(),
      `${PATCH}  minReadySeconds: 1\n`,
      "FOLDER/patch.yaml:5: spec.minReadySeconds: is not of the pod template, and the scope is pod-spec; write scope: component, or make two tunings of it",
    ],
    [
      "pods that act in rollouts",
      patchYaml().replace("web-pods", "rollouts"),
      PATCH,
      "FOLDER/tuning.yaml:4: actsIn: does not go with scope pod-spec; write web-pods",
    ],
  ])("workload patch: %s", async (_, descriptor, patch, sentence) => {
    const said = await sentenceOf(rollingUpdate, descriptor, patch);
    if (typeof sentence === "string") expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
  });
});

describe("a path that leads to no tuning", () => {
  test.each<[string, (folder: string) => string, RegExp]>([
    ["that is not there", (folder) => join(folder, "no-such"), /no-such can't be read: ENOENT/],
    [
      "of a file",
      (folder) => join(folder, "tuning.yaml"),
      /tuning\.yaml is a file; name the folder that its tuning\.yaml is in$/,
    ],
  ])("%s", async (_, path, words) => {
    using made = folders();
    const folder = made.tuning("mine", SYSCTL);
    await expect(armByName(connectionFlood, path(folder), "--tuned")).rejects.toThrow(words);
  });

  test("without a descriptor in it", async () => {
    using made = folders();
    const folder = made.tuning("mine", SYSCTL);
    rmSync(join(folder, "tuning.yaml"));
    await expect(armByName(connectionFlood, folder, "--tuned")).rejects.toThrow(
      /mine\/tuning\.yaml can't be read: ENOENT/,
    );
  });

  test("whose name has a blank", async () => {
    using made = folders();
    const folder = made.tuning("my tuning", SYSCTL);
    await expect(armByName(connectionFlood, folder, "--tuned")).rejects.toThrow(
      /"my tuning" is not a name for a tuning; take letters/,
    );
  });
});
