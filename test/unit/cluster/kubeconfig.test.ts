import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadKubeconfig } from "../../../runner/cluster/kubeconfig.ts";
import { UsageError } from "../../../runner/errors.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-kubeconfig-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, "config");
  writeFileSync(path, text);
  return path;
}

const GOOD = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: one, context: {cluster: c, user: u}}]
current-context: one
`;

test("a good file opens at its current context", () => {
  expect(loadKubeconfig(file(GOOD), undefined).getCurrentContext()).toBe("one");
});

test.each([
  ["a missing file", "/nonexistent/config", undefined, /does not exist; name one with --kubeconfig/],
  ["broken YAML", "clusters: [\n  name: x\nusers: ]", undefined, /line \d+: /],
  ["something else", "just text", undefined, /kubeconfig/],
  ["no contexts", "apiVersion: v1\nkind: Config\ncurrent-context: x\n", undefined, /has no context "x"/],
  ["a context that is not there", GOOD, "two", /has no context "two" \(it has: one\)/],
])("%s: one sentence that names the file", (_name, text, context, sentence) => {
  const path = text.startsWith("/") ? text : file(text);
  expect(() => loadKubeconfig(path, context)).toThrow(UsageError);
  expect(() => loadKubeconfig(path, context)).toThrow(sentence);
  expect(() => loadKubeconfig(path, context)).toThrow(path);
});
