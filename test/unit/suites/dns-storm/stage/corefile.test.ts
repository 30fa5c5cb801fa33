import type { V1ConfigMap } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { corefile, fill, USUAL_COREFILE } from "../../../../../suites/dns-storm/stage/dns/corefile.ts";
import { MANIFESTS } from "../../../../../suites/dns-storm/stage/manifests.ts";

const template = MANIFESTS.object<V1ConfigMap>("dns", "ConfigMap").data?.Corefile ?? "";
const usual = corefile(template, "10.96.0.53", USUAL_COREFILE);
const words = (text: string) => text.split("\n").map((line) => line.trim());

describe("the Corefile under test", () => {
  test("is kubeadm's, but for the server that it forwards to", () => {
    expect(words(usual)).toEqual([
      ".:53 {",
      "errors",
      "health {",
      "lameduck 5s",
      "}",
      "ready",
      "kubernetes cluster.local in-addr.arpa ip6.arpa {",
      "pods insecure",
      "fallthrough in-addr.arpa ip6.arpa",
      "ttl 30",
      "}",
      "prometheus :9153",
      "forward . 10.96.0.53 {",
      "max_concurrent 1000",
      "}",
      "cache 30",
      "loop",
      "reload",
      "loadbalance",
      "}",
      "",
    ]);
  });

  test("with autopath knows the pods", () => {
    const lines = words(corefile(template, "10.96.0.53", { ...USUAL_COREFILE, autopath: true }));
    expect(lines).toContain("autopath @kubernetes");
    expect(lines).toContain("pods verified");
  });

  test("changes in nothing but what was asked for", () => {
    const cache = { ttlSeconds: 300, prefetch: true, serveStaleSeconds: 60 };
    const changed = words(corefile(template, "10.96.0.53", { ...USUAL_COREFILE, cache, maxConcurrent: 5 }));
    const before = words(usual);
    expect(changed.filter((line) => !before.includes(line))).toEqual([
      "max_concurrent 5",
      "cache 300 {",
      "prefetch 10 60s 20%",
      "serve_stale 60s",
    ]);
    expect(before.filter((line) => !changed.includes(line))).toEqual(["max_concurrent 1000", "cache 30"]);
  });
});

test("a blank that nobody knows is refused", () => {
  expect(() => fill("a {{UNKNOWN}}", {})).toThrow(/{{UNKNOWN}}/);
});
