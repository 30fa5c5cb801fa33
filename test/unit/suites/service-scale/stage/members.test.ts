import { expect, test } from "vitest";
import { firstSizeWith, member, SIZE_LABEL, switched } from "../../../../../suites/service-scale/stage/members.ts";

test("a Service selects nothing and leads to the pod by an EndpointSlice of its own name", () => {
  const { service, slice } = member(7, 100, "plain", "10.244.1.5");
  expect(service.spec?.selector).toBeUndefined();
  expect(service.metadata?.name).toBe("scale-000007");
  expect(slice?.metadata?.labels).toMatchObject({
    "kubernetes.io/service-name": "scale-000007",
    "endpointslice.kubernetes.io/managed-by": "packetwalk",
    [SIZE_LABEL]: "100",
  });
  expect(slice?.endpoints).toEqual([{ addresses: ["10.244.1.5"], conditions: { ready: true } }]);
});

test("of dead Services only the first, which is loaded, has an endpoint", () => {
  expect(member(1, 1, "dead", "10.244.1.5").slice).not.toBeNull();
  expect(member(2, 100, "dead", "10.244.1.5").slice).toBeNull();
});

test("session affinity is in the Service", () => {
  expect(member(2, 100, "session-affinity", "10.244.1.5").service.spec?.sessionAffinity).toBe("ClientIP");
  expect(member(2, 100, "plain", "10.244.1.5").service.spec?.sessionAffinity).toBeUndefined();
});

test("the switched Service leads to a port where somebody listens, or nobody", () => {
  expect(switched("10.244.1.5", "open").slice.ports?.[0]?.port).toBe(80);
  expect(switched("10.244.1.5", "refused").slice.ports?.[0]?.port).toBe(81);
});

test("a member goes with the first size that it is part of", () => {
  expect([1, 2, 100, 101, 2_000, 2_001].map((number) => firstSizeWith([1, 100, 2_000], number))).toEqual([
    ...[1, 100, 100, 2_000, 2_000, null],
  ]);
});
