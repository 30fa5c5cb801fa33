import { readFileSync } from "node:fs";
import type { V1IngressClass } from "@kubernetes/client-node";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import type { Cluster } from "../../../../../runner/cluster/cluster.ts";
import { EnvironmentError } from "../../../../../runner/errors.ts";
import type { Agents } from "../../../../../runner/probes/agents.ts";
import { places } from "../../../../../runner/workloads/places.ts";
import { leftOutWords } from "../../../../../suites/rolling-update/report/words.ts";
import { whyNotUnasked } from "../../../../../suites/rolling-update/stage/paths/class-use.ts";
import { gatewayAddress } from "../../../../../suites/rolling-update/stage/paths/gateway.ts";
import { ingressAddress } from "../../../../../suites/rolling-update/stage/paths/ingress.ts";
import type { Path, PathImages, PathMaker } from "../../../../../suites/rolling-update/stage/paths/path.ts";
import { pathSwitch } from "../../../../../suites/rolling-update/stage/paths.ts";

/** Paths that are made up ask nobody. */
const NO_AGENTS: Agents = { nodes: [], run: () => Promise.reject(new Error("nobody is asked")) };
const NOBODY = { pods: null, given: [], ofCluster: new Set<string>() };

describe("a class that nobody asked for", () => {
  it("is not used where it would order a load balancer: AWS's alb", () => {
    const name = "../../../../fixtures/cases/alb-class.yaml";
    const alb: V1IngressClass = parse(readFileSync(new URL(name, import.meta.url), "utf8"));
    const controller = alb.spec?.controller ?? "";
    const why = whyNotUnasked(controller, {
      ...NOBODY,
      pods: 3,
      given: ["10.96.0.7"],
      ofCluster: new Set(["10.96.0.7"]),
    });
    expect(why).toEqual({ kind: "orders-load-balancer", controller: "ingress.k8s.aws/alb" });
    expect(why && leftOutWords("ingress-alb", why)).toBe(
      "path ingress-alb was left out: its controller ingress.k8s.aws/alb would order a load balancer for it; --paths ingress-alb has it do so, with --allow-node-changes",
    );
  });

  test.each([
    "eks.amazonaws.com/alb",
    "application-networking.k8s.aws/gateway-api-controller",
    "networking.gke.io/gateway",
    "k8s.io/ingress-gce",
    "azure/application-gateway",
    "alb.networking.azure.io/alb-controller",
    "gateway.envoyproxy.io/gatewayclass-controller",
    "istio.io/gateway-controller",
    "io.cilium/ingress-controller",
  ])("nor is that of %s", (controller) => {
    expect(whyNotUnasked(controller, { ...NOBODY, pods: 1 })).toMatchObject({ kind: "orders-load-balancer" });
  });

  test.each([
    ["traefik.io/ingress-controller", { ...NOBODY, pods: 1 }],
    ["k8s.io/ingress-nginx", { ...NOBODY, pods: 2 }],
    // Its pods are not known, but others' objects have an address of this cluster.
    ["haproxy.org/ingress-controller/haproxy", { ...NOBODY, given: ["10.0.0.4"], ofCluster: new Set(["10.0.0.4"]) }],
  ])("is used where its controller is seen to live in the cluster: %s", (controller, facts) => {
    expect(whyNotUnasked(controller, facts)).toBeNull();
  });

  test.each([
    ["its pods are gone", "k8s.io/ingress-nginx", { ...NOBODY, pods: 0 }],
    ["nothing is known of it", "example.com/controller", NOBODY],
    ["its addresses are elsewhere", "example.com/controller", { ...NOBODY, given: ["203.0.113.9"] }],
  ])("is not used where %s", (_, controller, facts) => {
    const why = whyNotUnasked(controller, facts);
    expect(why).toEqual({ kind: "controller-not-found", controller });
    expect(why && leftOutWords("ingress-x", why)).toContain(`nothing shows that its controller ${controller} lives`);
  });
});

describe("what a controller gives its object", () => {
  it("is an address, or a host name only, to which no load is sent", () => {
    const hostname = "k8s-abc.eu-west-1.elb.amazonaws.com";
    expect(ingressAddress({ loadBalancer: { ingress: [{ hostname }] } })).toEqual({ ip: undefined, host: hostname });
    expect(ingressAddress({ loadBalancer: { ingress: [{ hostname }, { ip: "10.0.0.4" }] } }).ip).toBe("10.0.0.4");
    expect(ingressAddress(undefined)).toEqual({ ip: undefined, host: undefined });
    expect(gatewayAddress({ addresses: [{ type: "Hostname", value: hostname }] })).toEqual({
      ip: undefined,
      host: hostname,
    });
    expect(gatewayAddress({ addresses: [{ value: "10.0.0.4" }] }).ip).toBe("10.0.0.4");
  });
});

describe("a path that can't be had, or does not answer", () => {
  const made: string[] = [];
  const maker =
    (name: string, ready: () => Promise<void> = async () => undefined): PathMaker =>
    async () => {
      made.push(name);
      return { name, ready } as Partial<Path> as Path;
    };
  const signal = new AbortController().signal;
  const answers = (path: Path) => path.ready(NO_AGENTS, signal);
  const silent = () => Promise.reject(new EnvironmentError("an answer through path gateway-x took longer than 60 s"));
  const noAddress: PathMaker = () => Promise.reject(new EnvironmentError("path ingress-alb: a host name only"));
  const switchOf = (makers: Record<string, PathMaker>) =>
    pathSwitch({} as Cluster, {} as PathImages, new Map(Object.entries(makers)), places([]));

  it("is left out with the reason, and the others run", async () => {
    const paths = switchOf({
      nginx: maker("nginx"),
      "ingress-traefik": maker("ingress-traefik"),
      "ingress-alb": noAddress,
      "gateway-x": maker("gateway-x", silent),
    });
    const out = await paths.leaveOut({ nextUpstream: false }, answers, signal);
    expect(out.map(({ path, why }) => leftOutWords(path, why))).toEqual([
      "path ingress-alb was left out: a host name only",
      "path gateway-x was left out: an answer through path gateway-x took longer than 60 s",
    ]);
    made.length = 0;
    const left = await paths.to({ nextUpstream: true }, signal);
    expect(left.map(({ name }) => name)).toEqual(["nginx", "ingress-traefik"]);
    expect(made).toEqual(["nginx", "ingress-traefik"]);
  });

  it("ends the run where it was the only one", async () => {
    const paths = switchOf({ "ingress-alb": noAddress });
    await expect(paths.leaveOut({ nextUpstream: false }, answers, signal)).rejects.toThrow(
      "no path is left: path ingress-alb: a host name only",
    );
  });

  it("ends it as well where packetwalk brings it itself", async () => {
    const broken: PathMaker = () => Promise.reject(new EnvironmentError("path nginx: refused"));
    const paths = switchOf({ nginx: broken, "ingress-traefik": maker("ingress-traefik") });
    expect(await paths.leaveOut({ nextUpstream: false }, answers, signal)).toEqual([]);
    await expect(paths.to({ nextUpstream: false }, signal)).rejects.toThrow("path nginx: refused");
  });
});
