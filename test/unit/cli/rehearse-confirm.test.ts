import { describe, expect, test } from "vitest";
import { exitCodeOfRehearsal } from "../../../runner/cli/exit-codes.ts";
import { assertAllowed, confirm, confirmWords } from "../../../runner/cli/rehearse-confirm.ts";
import { EnvironmentError, Interrupted } from "../../../runner/errors.ts";
import { readPlan } from "../../../runner/rehearsal/plan/read.ts";
import type { Beyond } from "../../../runner/rehearsal/run/beyond-targets.ts";
import type { FoundTarget, OwnedTarget } from "../../../runner/rehearsal/run/targets.ts";
import { DECISIONS } from "../../../runner/result/rehearsal.ts";

const planOf = (targets: string, during = "") =>
  readPlan(
    "plan.yaml",
    `name: shop
targets:
${targets}
traffic: { perMinute: 600, for: 60s, newConnections: 1 }
slos: [{ drops: 0 }]
limits: { mostPerSecond: 50 }
${during}`,
  );
const plan = (during = "") => planOf('  - { name: web, service: "shop/web:80", owned: true }', during);
const REFERENCE = "  - { name: own, reference: {} }";

function found(address: string, namespaces = ["shop"]): FoundTarget {
  const planned = plan().targets[0] as OwnedTarget;
  const of = { host: "web.shop", namespace: "shop", namespaces, services: [], pods: [] };
  return { planned, address, ...of, isProxied: false };
}

const NOTHING: Beyond = { lookups: [], scripts: [], dns: null, domains: ["cluster.local"] };
const HERE = { isLab: false, ownNamespace: "packetwalk" };
const INSIDE = [found("10.96.0.20:80")];
const STORM =
  "during: [{ lookup-storm: { perSecond: 5, names: [db.shop, pay.example], owned: true }, at: 5s, for: 5s }]";
const ASKED: Beyond = {
  ...NOTHING,
  lookups: [{ of: "event", name: "lookup-storm at 5s", names: ["db.shop", "pay.example"], outside: ["pay.example"] }],
  dns: "10.96.0.10:53",
};

describe("what nobody allowed is refused, and the flag is named", () => {
  const cases: [string, FoundTarget[], string, boolean, string][] = [
    ["a public address", [found("203.0.113.9:80")], "", true, "--allow-external"],
    ["a rollout of the user's", INSIDE, "during: [{ rollout: shop/web, at: 5s }]", true, "--allow-workload-changes"],
    ["a drained node", INSIDE, "during: [{ drain: worker-1, at: 5s, for: 5s }]", false, "--allow-node-changes"],
    ["a zone that is gone", INSIDE, "during: [{ zone-gone: eu-1, at: 5s, for: 5s }]", false, "--allow-node-changes"],
    ["a DNS pod that is lost", INSIDE, "during: [{ dns-pod-lost: true, at: 5s }]", false, "--allow-node-changes"],
  ];
  test.each(cases)("%s", (_, targets, during, alsoInLab, flag) => {
    const reached = { found: targets, beyond: NOTHING };
    const allowed = { allowExternal: true, allowWorkloadChanges: true, allowNodeChanges: true };
    expect(() => assertAllowed(plan(during), reached, {}, HERE)).toThrow(flag);
    expect(() => assertAllowed(plan(during), reached, allowed, HERE)).not.toThrow();
    const inLab = () => assertAllowed(plan(during), reached, {}, { ...HERE, isLab: true });
    if (alsoInLab) expect(inLab).toThrow(flag);
    else expect(inLab).not.toThrow();
  });

  test("names that the cluster asks others for, wherever it is", () => {
    const reached = { found: [], beyond: ASKED };
    for (const isLab of [true, false])
      expect(() => assertAllowed(plan(STORM), reached, {}, { ...HERE, isLab })).toThrow(
        "event lookup-storm at 5s: pay.example is not of the cluster (cluster.local), so that its DNS asks others; write names of Services, or say that you may load those others, too, with --allow-external",
      );
    expect(() => assertAllowed(plan(STORM), reached, { allowExternal: true }, HERE)).not.toThrow();
  });

  test("a script's host with a public address; one that is not known here is its workers' to judge", () => {
    const hosts = (address: string | null) => ({
      found: [],
      beyond: {
        ...NOTHING,
        scripts: [{ planned: SCRIPT, hosts: [{ host: "a.example:443", address, namespace: null }] }],
      },
    });
    expect(() => assertAllowed(plan(), hosts("203.0.113.9:443"), {}, HERE)).toThrow(
      "target buy: a.example:443 leads to 203.0.113.9:443, a public address, and load to it leaves the cluster; if it is yours, say so with --allow-external",
    );
    expect(() => assertAllowed(plan(), hosts("203.0.113.9:443"), { allowExternal: true }, HERE)).not.toThrow();
    expect(() => assertAllowed(plan(), hosts("10.0.0.9:443"), {}, HERE)).not.toThrow();
    expect(() => assertAllowed(plan(), hosts(null), {}, HERE)).not.toThrow();
  });

  test("but for a rollout of packetwalk's own workload", () => {
    const own = plan("during: [{ rollout: packetwalk/web, at: 5s }]");
    expect(() => assertAllowed(own, { found: INSIDE, beyond: NOTHING }, {}, HERE)).not.toThrow();
  });
});

const SCRIPT: Beyond["scripts"][number]["planned"] = {
  ...{
    name: "buy",
    weight: 1,
    kind: "k6",
    owned: true,
    file: "buy.js",
    exec: null,
    script: "",
    hosts: ["a.example:443"],
  },
  ...{ env: {}, secretEnv: [] },
};
const CAPS = "Caps: 60 min of load, 500 requests in flight, 3000 failed requests, 10 stages that break";

describe("before load goes to what is the user's", () => {
  test("it is shown: targets with addresses, namespaces, events with their instants, caps", () => {
    const during = `during:
  - { rollout: checkout/pay, at: 20s }
  - { drain: worker-1, at: 5s, for: 10s }
  - { zone-gone: eu-1, at: 6s, for: 10s }
  - { dns-pod-lost: true, at: 30s }`;
    const reached = { found: [found("10.96.0.20:80", ["shop", "backends-prod"])], beyond: NOTHING };
    expect(confirmWords(plan(during), reached, "prod-eu", HERE)).toEqual([
      'Load goes to these, in context "prod-eu (PRODUCTION, by its name)", at up to 50 requests/s:',
      "  web: Service shop/web:80 at 10.96.0.20:80",
      "Namespaces: shop, backends-prod (PRODUCTION, by its name), checkout, kube-system",
      "Meanwhile, on the day's clock:",
      "  at 20s: Deployment checkout/pay is restarted",
      "  at 5s for 10s: node worker-1 is cordoned and drained",
      "  at 6s for 10s: all nodes of zone eu-1 are cordoned and drained",
      "  at 30s: a pod of the cluster's DNS is deleted",
      CAPS,
    ]);
  });

  test("look-ups count, as the only target and as a storm", () => {
    const names = planOf("  - { name: dns, names: [db.shop], owned: true }");
    const beyond: Beyond = {
      ...ASKED,
      lookups: [{ of: "target", name: "dns", names: ["db.shop"], outside: [] }],
    };
    const inLab = { ...HERE, isLab: true };
    expect(confirmWords(names, { found: [], beyond }, "test", inLab)).toEqual([
      'Load goes to these, in context "test", at up to 50 requests/s:',
      "  dns: look-ups of db.shop by the cluster's DNS at 10.96.0.10:53",
      "Namespaces: kube-system",
      CAPS,
    ]);
    expect(confirmWords(planOf(REFERENCE, STORM), { found: [], beyond: ASKED }, "test", inLab)).toEqual([
      'Load goes to these, in context "test", at up to 50 requests/s:',
      "  own: packetwalk's own web workload",
      "Namespaces: kube-system",
      "Meanwhile, on the day's clock:",
      "  at 5s for 5s: 5/s more, look-ups of db.shop, pay.example by the cluster's DNS at 10.96.0.10:53; pay.example not of cluster.local, so whom it asks gets them, too",
      CAPS,
    ]);
  });

  test("a script's hosts are shown with what they lead to, and its namespaces", () => {
    const script = { ...plan(), targets: [SCRIPT] as const };
    const hosts = [
      { host: "api.live:8080", address: "10.96.1.1:8080", namespace: "live" },
      { host: "a.example:443", address: null, namespace: null },
    ];
    expect(
      confirmWords(script, { found: [], beyond: { ...NOTHING, scripts: [{ planned: SCRIPT, hosts }] } }, "test", HERE),
    ).toEqual([
      expect.anything(),
      expect.stringMatching(
        /^ {2}buy: k6 script buy\.js, run by Jobs of packetwalk's own \(no TestRun of a k6-operator/,
      ),
      "    api.live:8080 at 10.96.1.1:8080",
      "    a.example:443 at an address that its workers look up in the cluster",
      "Namespaces: live (PRODUCTION, by its name)",
      CAPS,
    ]);
  });

  test("nobody is asked where all is packetwalk's own, but where others' nodes or pods go", () => {
    const drain = planOf(REFERENCE, "during: [{ drain: worker-1, at: 5s, for: 5s }]");
    const nothing = { found: [], beyond: NOTHING };
    expect(confirmWords(planOf(REFERENCE), nothing, "prod", HERE)).toEqual([]);
    expect(confirmWords(drain, nothing, "lab", { ...HERE, isLab: true })).toEqual([]);
    expect(confirmWords(drain, nothing, "prod", HERE)).toContain(
      "  at 5s for 5s: node worker-1 is cordoned and drained",
    );
  });
});

test("where nobody can be asked, only --yes is a yes", async () => {
  await expect(confirm([], {})).resolves.toBeUndefined();
  await expect(confirm(["Load goes there"], { yes: true })).resolves.toBeUndefined();
  await expect(confirm(["Load goes there"], {})).rejects.toThrow("give --yes");
});

test("only a go is 0; a no-go stands whatever goes wrong after it; an interruption is one", () => {
  const codes = DECISIONS.map((state) => {
    const rehearsal = { decision: { state, because: [], conditions: [] } };
    return [
      exitCodeOfRehearsal(rehearsal, []),
      exitCodeOfRehearsal(rehearsal, [new EnvironmentError("disk")]),
      exitCodeOfRehearsal(rehearsal, [new Interrupted()]),
    ];
  });
  expect(Object.fromEntries(DECISIONS.map((state, index) => [state, codes[index]]))).toEqual({
    go: [0, 5, 130],
    "go-with-conditions": [2, 5, 130],
    "no-go": [1, 1, 130],
    inconclusive: [2, 5, 130],
    invalid: [3, 5, 130],
  });
  expect(exitCodeOfRehearsal(undefined, [])).toBe(3);
});
