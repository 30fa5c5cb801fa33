import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { holdsFor } from "../../../../../suites/rolling-update/stage/paths/traefik-rule.ts";
import { parseTraefikSyncs } from "../../../../../suites/rolling-update/stage/paths/traefik-syncs.ts";

const HOST = "ingress-traefik.packetwalk.test";

describe("a rule of Traefik's", () => {
  test.each([
    ["Host(`ingress-traefik.packetwalk.test`) && PathPrefix(`/`)", "name"],
    ['Host("ingress-traefik.packetwalk.test") && PathPrefix("/")', "name"],
    ["Host(`other.test`) || Host(`ingress-traefik.packetwalk.test`)", "name"],
    ["(PathPrefix(`/`) && Host(`other.test`, `ingress-traefik.packetwalk.test`))", "name"],
    ["Host(`Ingress-Traefik.packetwalk.test`)", "name"],
    ["HostRegexp(`^[a-z-]+\\.packetwalk\\.test$`)", "expression"],
    ['HostRegexp("^[a-z-]+\\\\.packetwalk\\\\.test$")', "expression"],
    ["HostRegexp(`{name:[a-z-]+}.packetwalk.test`)", "expression"],
    ["HostRegexp(`^other`)", null],
    ["Host(`gateway-traefik.packetwalk.test`)", null],
    ["!Host(`ingress-traefik.packetwalk.test`)", null],
    ["PathPrefix(`/ingress-traefik.packetwalk.test`)", null],
    ["Host(`x.ingress-traefik.packetwalk.test`)", null],
  ])("%s", (rule, how) => {
    expect(holdsFor(rule, HOST)).toBe(how);
  });
});

describe("Traefik's configurations from before 2026-03, with hosts in backticks", () => {
  const name = "../../../../fixtures/cases/traefik-configurations-before-2026-03.txt";
  const lines = readFileSync(new URL(name, import.meta.url), "utf8").split("\n");

  it("give each host's endpoints", () => {
    expect(parseTraefikSyncs(lines, "gateway-traefik.packetwalk.test").syncs).toEqual([
      { atUnixMs: Date.parse("2026-11-24T15:36:12.200Z"), addresses: ["10.244.1.6:80", "10.244.2.3:80"] },
      { atUnixMs: Date.parse("2026-11-24T15:36:14.400Z"), addresses: ["10.244.1.6:80"] },
    ]);
    expect(parseTraefikSyncs(lines, HOST).syncs).toEqual([
      { atUnixMs: Date.parse("2026-11-24T15:36:12.100Z"), addresses: ["10.244.1.6:80"] },
    ]);
    expect(parseTraefikSyncs(lines, "other.packetwalk.test").syncs).toEqual([]);
  });

  it("give a host's own router before one with an expression that fits every host", () => {
    const others = "catch-all-of-somebody-else-with-a-longer-rule";
    const router = { service: "missing", rule: `HostRegexp(\`^[a-z.-]+$\`) || PathPrefix(\`/${others}\`)` };
    const line = lines[0]?.replace('"routers":{', () => `"routers":{"${others}":${JSON.stringify(router)},`);
    expect(parseTraefikSyncs([line ?? ""], HOST).syncs).toMatchObject([{ addresses: ["10.244.1.6:80"] }]);
  });
});
