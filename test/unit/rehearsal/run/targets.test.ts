import { describe, expect, test } from "vitest";
import { isPublic } from "../../../../runner/rehearsal/run/public-address.ts";
import { ingressFront, leadsTo } from "../../../../runner/rehearsal/run/targets.ts";

describe("an address", () => {
  test.each([
    ["10.96.0.10:80", false],
    ["172.31.255.1:443", false],
    ["172.32.0.1:443", true],
    ["100.64.3.4:80", false],
    ["[fd00::1]:80", false],
    ["[2001:db8::1]:80", true],
    ["203.0.113.9:80", true],
    // A name that nobody looked up may lead anywhere.
    ["shop.example:80", true],
  ])("%s is public: %s", (address, is) => {
    expect(isPublic(address)).toBe(is);
  });
});

describe("a rule's host", () => {
  test.each([
    ["shop.example", "SHOP.example", true],
    ["*.example", "shop.example", true],
    ["*.example", "a.shop.example", false],
    [undefined, "shop.example", false],
    ["other.example", "shop.example", false],
  ])("%s leads requests for %s: %s", (rule, host, does) => {
    expect(leadsTo(rule, host)).toBe(does);
  });
});

test("an Ingress gives its address and the Services behind the wanted host only", () => {
  const path = (name: string) => ({ pathType: "Prefix", path: "/", backend: { service: { name } } });
  const front = ingressFront(
    {
      metadata: { namespace: "shop", name: "front" },
      spec: {
        rules: [
          { host: "shop.example", http: { paths: [path("web"), path("api")] } },
          { host: "admin.example", http: { paths: [path("admin")] } },
        ],
      },
      status: { loadBalancer: { ingress: [{ hostname: "lb.example" }] } },
    },
    "shop.example",
  );
  expect(front).toEqual({
    what: "Ingress shop/front",
    namespace: "shop",
    addresses: ["lb.example"],
    services: ["web", "api"],
  });
});
