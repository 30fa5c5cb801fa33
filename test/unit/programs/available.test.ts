import { expect, test } from "vitest";
import type { ProgramName } from "../../../runner/delivery/programs.ts";
import { architecturesFor, selectorFor } from "../../../runner/programs/available.ts";

const packed =
  (...files: string[]) =>
  async (name: ProgramName, arch: string) =>
    files.includes(`${name}-${arch}`);

test.each<[string, ProgramName[], string[], string[]]>([
  ["nothing of ours", [], [], ["amd64", "arm64"]],
  ["the agent and Node's worker", ["agent", "node-worker.cjs"], [], ["amd64", "arm64"]],
  ["look-up helpers that were packed on another machine", ["lookup-glibc", "lookup-musl"], [], ["amd64"]],
  ["helpers of which one is packed for both", ["lookup-glibc", "lookup-musl"], ["lookup-glibc-arm64"], ["amd64"]],
  ["helpers that are packed for both", ["lookup-musl"], ["lookup-musl-arm64"], ["amd64", "arm64"]],
  ["k6, which is built where it is run", ["agent", "k6"], [], ["amd64"]],
])("%s", async (_, programs, files, able) => {
  expect(await architecturesFor(programs, packed(...files), "amd64")).toEqual(able);
});

test("a run takes the nodes that can have its programs, and the user's own choice of architecture stays", () => {
  expect(selectorFor({ pool: "load" }, ["amd64"])).toEqual({ pool: "load", "kubernetes.io/arch": "amd64" });
  expect(selectorFor({ "kubernetes.io/arch": "arm64" }, ["amd64"])).toEqual({ "kubernetes.io/arch": "arm64" });
  expect(selectorFor({ pool: "load" }, ["amd64", "arm64"])).toEqual({ pool: "load" });
});
