import { describe, expect, test } from "vitest";
import { queriesOf } from "../../../../../suites/dns-storm/analysis/queries.ts";
import type { World } from "../../../../../suites/dns-storm/analysis/question.ts";
import type { ResolverName } from "../../../../../suites/dns-storm/result/resolvers.ts";

const SEARCH = ["own.svc.cluster.local", "svc.cluster.local", "cluster.local"];

/** An IPv4-only cluster with two Services, and names outside. */
const world: World = (fqdn, type) => {
  const exists = ["web.own.svc.cluster.local", "web.other.svc.cluster.local", "api.stripe.com", "github.com"].includes(
    fqdn,
  );
  if (!exists) return "nxdomain";
  return type === "A" ? "answer" : "nodata";
};

function ask(name: string, options: string, { search = SEARCH, resolver = "glibc" as ResolverName } = {}) {
  const conf = `search ${search.join(" ")}\nnameserver 10.96.0.10\noptions ${options}\n`;
  return queriesOf(conf, name, resolver, world);
}

describe("packets counted at a stub with glibc 2.36 and a stock pod's three suffixes", () => {
  test.each([
    ["api.stripe.com", 8, 2, 2],
    ["api.stripe.com.", 2, 2, 2],
    ["web", 2, 2, 2],
    ["web.other", 4, 4, 6],
    ["web.other.svc", 6, 8, 8],
    ["web.other.svc.cluster.local", 8, 2, 2],
    ["github.com", 8, 8, 2],
    ["missing.stripe.com", 8, 8, 8],
  ])("%s: %i with ndots 5, %i with 2, %i with 1", (name, five, two, one) => {
    const counts = [5, 2, 1].map((ndots) => ask(name, `ndots:${ndots}`).queries.length);
    expect(counts).toEqual([five, two, one]);
  });

  test("a fourth suffix, as clouds add it, makes 10 of 8", () => {
    const search = [...SEARCH, "c.project.internal"];
    expect(ask("api.stripe.com", "ndots:5", { search }).queries).toHaveLength(10);
  });

  test.each(["single-request", "single-request-reopen"])("%s changes no count", (option) => {
    expect(ask("api.stripe.com", `ndots:5 ${option}`).queries).toHaveLength(8);
  });
});

describe("musl", () => {
  test.each([
    ["api.stripe.com", 5, 8, "ok"],
    ["api.stripe.com", 2, 2, "ok"],
    ["web.other.svc", 5, 6, "ok"],
    // What glibc finds with 8 queries, musl does not find at all.
    ["web.other.svc", 2, 2, "dns-nxdomain"],
    ["web.other", 1, 2, "dns-nxdomain"],
    ["missing.stripe.com", 2, 2, "dns-nxdomain"],
  ])("%s with ndots %i: %i queries, %s", (name, ndots, queries, end) => {
    const lookup = ask(name, `ndots:${ndots} single-request-reopen`, { resolver: "musl" });
    expect([lookup.queries.length, lookup.end]).toEqual([queries, end]);
  });
});

test("c-ares, as Node uses it, knows no search list", () => {
  expect(ask("web", "ndots:5", { resolver: "node-c-ares" })).toMatchObject({ end: "dns-nxdomain" });
  expect(ask("web", "ndots:5", { resolver: "node-c-ares" }).queries).toHaveLength(2);
});

test("names are tried in the search list's order, A and AAAA each", () => {
  expect(ask("web.other", "ndots:5").queries.map(({ fqdn, type }) => `${type} ${fqdn}`)).toEqual([
    "A web.other.own.svc.cluster.local",
    "AAAA web.other.own.svc.cluster.local",
    "A web.other.svc.cluster.local",
    "AAAA web.other.svc.cluster.local",
  ]);
});
