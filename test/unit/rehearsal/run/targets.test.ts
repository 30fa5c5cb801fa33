import { describe, expect, test } from "vitest";
import {
  type Fronted,
  gatewayFront,
  ingressFront,
  leadsTo,
  routesIn,
} from "../../../../runner/rehearsal/run/fronts.ts";
import { isPublic } from "../../../../runner/rehearsal/run/public-address.ts";

function fronted(fields: Partial<Fronted> = {}): Fronted {
  return {
    ...{ name: "front", weight: 1, kind: "gateway", owned: true, host: "shop.example", namespace: null },
    ...{ through: null, tls: false },
    request: { method: "GET", path: "/", headers: {}, secretHeaders: [], body: null, expect: [] },
    ...fields,
  };
}

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
    fronted(),
  );
  expect(front).toEqual({
    what: "Ingress shop/front",
    namespace: "shop",
    addresses: ["lb.example"],
    port: 80,
    services: [
      { namespace: "shop", name: "web" },
      { namespace: "shop", name: "api" },
    ],
  });
});

describe("a Gateway", () => {
  const route = (spec: object) => routesIn({ items: [{ metadata: { namespace: "shop", name: "web" }, spec }] });
  const listeners = [
    { name: "inner", hostname: "inner.example", port: 8000, protocol: "HTTP" },
    { name: "web", hostname: "*.example", port: 8080, protocol: "HTTP" },
    { name: "tls", port: 8443, protocol: "HTTPS" },
  ];
  const status = { addresses: [{ value: "10.1.1.1" }] };
  const asked: unknown[] = [];
  const read = async (at: unknown) => {
    asked.push(at);
    return { spec: { listeners }, status };
  };
  const backendRefs = [{ name: "web" }, { name: "api", namespace: "backends" }, { kind: "Bucket", name: "static" }];
  const own = {
    hostnames: ["shop.example"],
    parentRefs: [{ name: "edge", namespace: "infra" }],
    rules: [{ backendRefs }],
  };

  test("is asked at the port of the listener that takes the host and speaks as the plan does", async () => {
    expect(await gatewayFront(fronted(), route(own), read)).toEqual({
      what: "Gateway infra/edge",
      namespace: "shop",
      addresses: ["10.1.1.1"],
      port: 8080,
      services: [
        { namespace: "shop", name: "web" },
        { namespace: "backends", name: "api" },
      ],
    });
    expect(asked).toEqual([{ namespace: "infra", name: "edge" }]);
    expect(await gatewayFront(fronted({ tls: true }), route(own), read)).toMatchObject({ port: 8443 });
  });

  test("gives the hosts of its listeners to a route without any", async () => {
    const any = { ...own, hostnames: [] };
    expect(await gatewayFront(fronted({ host: "inner.example" }), route(any), read)).toMatchObject({ port: 8000 });
    expect(await gatewayFront(fronted({ host: "elsewhere.org" }), route(any), read)).toBeUndefined();
  });

  test("takes a route at the listener that the route names", async () => {
    const named = (parent: object) => ({ ...own, parentRefs: [{ name: "edge", ...parent }] });
    expect(await gatewayFront(fronted({ tls: true }), route(named({ sectionName: "tls" })), read)).toMatchObject({
      port: 8443,
    });
    await expect(gatewayFront(fronted(), route(named({ port: 8443 })), read)).rejects.toThrow(
      "target front: no listener takes HTTP for shop.example; there are shop/edge tls (HTTPS, port 8443); write tls: true, or name another host",
    );
  });
});
