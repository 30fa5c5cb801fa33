import { expect, test } from "vitest";
import type { JsonMap } from "../../../../runner/tunings/workload/tree.ts";
import { forContainer, joined, userPatch } from "../../../../runner/tunings/workload/user-patch.ts";

const pods = (spec: object): JsonMap => ({ spec: { template: { spec } } });
const SLEEP = pods({ containers: [{ name: "web", lifecycle: { preStop: { sleep: { seconds: 10 } } } }] });

test("a patch that was written for container web is for the user's", () => {
  expect(forContainer(SLEEP, "app")).toEqual(
    pods({ containers: [{ name: "app", lifecycle: { preStop: { sleep: { seconds: 10 } } } }] }),
  );
  const surge = { spec: { strategy: { rollingUpdate: { maxSurge: 1 } } } };
  expect(forContainer(surge, "app")).toEqual(surge);
});

test("several are one, each container once", () => {
  const period = pods({ containers: [{ name: "web", readinessProbe: { periodSeconds: 1 } }] });
  expect(joined([SLEEP, period, pods({ terminationGracePeriodSeconds: 45 })])).toEqual(
    pods({
      containers: [
        { name: "web", lifecycle: { preStop: { sleep: { seconds: 10 } } }, readinessProbe: { periodSeconds: 1 } },
      ],
      terminationGracePeriodSeconds: 45,
    }),
  );
});

test("it is applied where it only adds or replaces", () => {
  expect(userPatch(SLEEP, pods({ containers: [{ name: "web", image: "x" }] }))).toEqual({ by: "apply", body: SLEEP });
});

test("the user's other handler goes in the same request, which an apply can't do", () => {
  const { by, body } = userPatch(
    SLEEP,
    pods({ containers: [{ name: "side" }, { name: "web", lifecycle: { preStop: { exec: { command: ["x"] } } } }] }),
  );
  expect(by).toBe("merge");
  expect(body).toEqual(
    pods({ containers: [{ name: "web", lifecycle: { preStop: { sleep: { seconds: 10 }, exec: null } } }] }),
  );
});

test("a probe's number leaves its handler alone", () => {
  const period = pods({ containers: [{ name: "web", readinessProbe: { periodSeconds: 1 } }] });
  const there = pods({ containers: [{ name: "web", readinessProbe: { httpGet: { port: 80 } } }] });
  expect(userPatch(period, there)).toEqual({ by: "apply", body: period });
});

test("the user's sysctls and DNS options stay in the lists that the API takes as a whole", () => {
  const patch = pods({
    securityContext: { sysctls: [{ name: "b", value: "2" }] },
    dnsConfig: { options: [{ name: "ndots", value: "2" }] },
  });
  const there = pods({
    securityContext: { sysctls: [{ name: "a", value: "1" }], fsGroup: 1 },
    dnsConfig: {
      options: [
        { name: "timeout", value: "1" },
        { name: "ndots", value: "5" },
      ],
      searches: ["x"],
    },
  });
  expect(userPatch(patch, there)).toEqual({
    by: "apply",
    body: pods({
      securityContext: {
        sysctls: [
          { name: "a", value: "1" },
          { name: "b", value: "2" },
        ],
      },
      dnsConfig: {
        options: [
          { name: "timeout", value: "1" },
          { name: "ndots", value: "2" },
        ],
      },
    }),
  });
});

test("what a patch takes away by itself is a merge as well", () => {
  expect(userPatch(pods({ dnsConfig: null }), pods({})).by).toBe("merge");
});
