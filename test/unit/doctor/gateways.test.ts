/** What doctor makes of Gateways, HTTPRoutes and Ingresses: what no controller has said is unknown, and what is no Service is left out. */
import type { CustomObjectsApi, KubernetesObject } from "@kubernetes/client-node";
import { ApiException } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { gatewayFacts, listCustom, routeFacts } from "../../../runner/doctor/read/gateways.ts";
import { ingressFacts } from "../../../runner/doctor/read/policies.ts";

const metadata = { namespace: "shop", name: "front" };
const condition = (type: string, status: string, reason = "R", message = "m") => ({ type, status, reason, message });

function gateway(conditions: readonly object[] | undefined) {
  const object: KubernetesObject & Record<string, unknown> = {
    metadata,
    spec: { gatewayClassName: "cloud" },
    ...(conditions ? { status: { conditions } } : {}),
  };
  return gatewayFacts(object);
}

test("conditions of a Gateway: true, false with the controller's words, and Unknown is nobody's word", () => {
  expect(
    gateway([condition("Accepted", "True"), condition("Programmed", "False", "NoResources", "no address")]),
  ).toEqual({
    ...metadata,
    className: "cloud",
    accepted: { isTrue: true, says: "R: m" },
    programmed: { isTrue: false, says: "NoResources: no address" },
  });
  for (const none of [undefined, [], [condition("Accepted", "Unknown", "Pending", "Waiting for controller")]])
    expect(gateway(none)).toMatchObject({ accepted: null, programmed: null });
});

test("an HTTPRoute: each Gateway that it names, in whichever namespace, and Services only", () => {
  const object: KubernetesObject & Record<string, unknown> = {
    metadata: { namespace: "shop", name: "web" },
    spec: {
      parentRefs: [{ name: "front" }, { name: "inner", namespace: "mesh" }, { kind: "Service", name: "web" }],
      rules: [
        {
          backendRefs: [
            { name: "web", port: 80 },
            { group: "x.example", kind: "Bucket", name: "files" },
          ],
        },
        { backendRefs: [{ name: "api", namespace: "back", port: 8080 }], retry: { attempts: 2 } },
        {},
      ],
    },
    status: {
      parents: [
        { parentRef: { name: "front" }, conditions: [condition("Accepted", "True")] },
        {
          parentRef: { name: "front", sectionName: "b" },
          conditions: [condition("Accepted", "False", "NotAllowed", "")],
        },
      ],
    },
  };
  expect(routeFacts(object)).toEqual({
    namespace: "shop",
    name: "web",
    parents: [
      { namespace: "shop", name: "front", accepted: { isTrue: false, says: "NotAllowed" } },
      { namespace: "mesh", name: "inner", accepted: null },
    ],
    retries: [null, 2, null],
    backends: [
      { namespace: "shop", name: "web", port: 80 },
      { namespace: "back", name: "api", port: 8080 },
    ],
  });
});

test("an Ingress leads by default and by its rules, to Services by number or name", () => {
  const service = (name: string, port: { number?: number; name?: string }) => ({ service: { name, port } });
  const { backends } = ingressFacts({
    metadata: { namespace: "shop" },
    spec: {
      defaultBackend: service("web", { number: 80 }),
      rules: [
        {
          http: {
            paths: [
              { pathType: "Prefix", backend: service("api", { name: "http" }) },
              { pathType: "Prefix", backend: { resource: { kind: "Bucket", name: "files" } } },
            ],
          },
        },
        {},
      ],
    },
  });
  expect(backends).toEqual([
    { namespace: "shop", name: "web", port: 80 },
    { namespace: "shop", name: "api", port: "http" },
  ]);
});

test("lists go on where the API says so; an API that is not installed has none, and any other refusal is one", async () => {
  const asked: unknown[] = [];
  const answering = (answer: () => unknown) =>
    ({
      listClusterCustomObject: async (request: unknown) => {
        asked.push(request);
        return answer();
      },
    }) as unknown as CustomObjectsApi;
  const page = await listCustom(
    answering(() => ({ metadata: { continue: "b" }, items: [{ metadata }] })),
    "gateways",
    { limit: 500 },
  );
  expect(page).toEqual({ metadata: { _continue: "b" }, items: [{ metadata }] });
  expect(asked).toEqual([{ group: "gateway.networking.k8s.io", version: "v1", plural: "gateways", limit: 500 }]);
  const refusing = (code: number) => answering(() => Promise.reject(new ApiException(code, "no", {}, {})));
  expect(await listCustom(refusing(404), "httproutes", {})).toEqual({ items: [] });
  await expect(listCustom(refusing(403), "httproutes", {})).rejects.toThrow();
});
