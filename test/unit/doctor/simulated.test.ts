/** Doctor before a simulated API server: what it asks, how often and how fast, and what comes of refusals. */
import { expect, test } from "vitest";
import { doctorMarkdown } from "../../../reports/doctor/markdown.ts";
import { doctorWords } from "../../../reports/doctor/terminal.ts";
import { diagnose } from "../../../runner/cli/run-doctor.ts";
import { open, simulated } from "./simulated.ts";

const LAB = { lab: "none" };

test("100 nodes with 10,000 pods are read by lists alone, in under 20 s", async () => {
  await using server = await simulated(100);
  const cluster = await open(server.url);
  const before = server.asked.length;
  const began = performance.now();
  const seen = await diagnose(cluster, { ...LAB, rate: 2600 });
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(seen.unseen).toEqual([]);
  const asked = server.asked.slice(before);
  expect(asked.length).toBe(seen.requests);
  expect(asked.filter(({ method }) => method !== "GET")).toEqual([]);
  // 20 pages of pods, and one request for each other kind.
  expect(seen.requests).toBeLessThan(40);
  expect(seen.findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(["conntrack-table", "dns-one-replica", "no-prestop"]),
  );
});

test("what may not be read is named in the API's words, with the checks that say nothing then; the rest goes on", async () => {
  await using server = await simulated(2, [
    "/apis/apps/v1/deployments",
    "/api/v1/namespaces/kube-system/configmaps/coredns",
  ]);
  const seen = await diagnose(await open(server.url), LAB);
  const deployments = seen.unseen.find(({ what }) => what.startsWith("Deployments"));
  expect(deployments?.because).toContain('User "dev" cannot list resource "deployments"');
  expect(deployments?.checks).toContain("no-prestop");
  expect(seen.unseen.find(({ what }) => what === "the Corefile")?.because).toContain("403");
  expect(seen.findings.map(({ check }) => check)).toContain("conntrack-table");
  expect(doctorWords(seen, { width: 100, colour: false })).toContain("NOT READABLE");
  expect(doctorMarkdown(seen)).toContain("## Not readable");
});
