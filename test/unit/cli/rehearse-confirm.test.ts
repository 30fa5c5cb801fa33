import { describe, expect, test } from "vitest";
import { exitCodeOfRehearsal } from "../../../runner/cli/exit-codes.ts";
import { assertAllowed, confirm, confirmWords } from "../../../runner/cli/rehearse-confirm.ts";
import { EnvironmentError, Interrupted } from "../../../runner/errors.ts";
import { readPlan } from "../../../runner/rehearsal/plan/read.ts";
import type { FoundTarget, OwnedTarget } from "../../../runner/rehearsal/run/targets.ts";
import { DECISIONS } from "../../../runner/result/rehearsal.ts";

const plan = (during = "") =>
  readPlan(
    "plan.yaml",
    `name: shop
targets:
  - { name: web, service: "shop/web:80", owned: true }
traffic: { perMinute: 600, for: 60s, newConnections: 1 }
slos: [{ drops: 0 }]
limits: { mostPerSecond: 50 }
${during}`,
  );

function found(address: string): FoundTarget {
  const planned = plan().targets[0] as OwnedTarget;
  return { planned, address, host: "web.shop", namespace: "shop", services: [], pods: [], isProxied: false };
}

const HERE = { isLab: false, ownNamespace: "packetwalk" };
const INSIDE = [found("10.96.0.20:80")];

describe("what nobody allowed is refused, and the flag is named", () => {
  const cases: [string, FoundTarget[], string, boolean, string][] = [
    ["a public address", [found("203.0.113.9:80")], "", true, "--allow-external"],
    ["a rollout of the user's", INSIDE, "during: [{ rollout: shop/web, at: 5s }]", true, "--allow-workload-changes"],
    ["a drained node", INSIDE, "during: [{ drain: worker-1, at: 5s, for: 5s }]", false, "--allow-node-changes"],
    ["a zone that is gone", INSIDE, "during: [{ zone-gone: eu-1, at: 5s, for: 5s }]", false, "--allow-node-changes"],
    ["a DNS pod that is lost", INSIDE, "during: [{ dns-pod-lost: true, at: 5s }]", false, "--allow-node-changes"],
  ];
  test.each(cases)("%s", (_, targets, during, alsoInLab, flag) => {
    const allowed = { allowExternal: true, allowWorkloadChanges: true, allowNodeChanges: true };
    expect(() => assertAllowed(plan(during), targets, {}, HERE)).toThrow(flag);
    expect(() => assertAllowed(plan(during), targets, allowed, HERE)).not.toThrow();
    const inLab = () => assertAllowed(plan(during), targets, {}, { ...HERE, isLab: true });
    if (alsoInLab) expect(inLab).toThrow(flag);
    else expect(inLab).not.toThrow();
  });

  test("but for a rollout of packetwalk's own workload", () => {
    const own = plan("during: [{ rollout: packetwalk/web, at: 5s }]");
    expect(() => assertAllowed(own, INSIDE, {}, HERE)).not.toThrow();
  });
});

test("targets are shown with address, namespace and cap, and nobody is asked where there are none", () => {
  expect(confirmWords(plan(), INSIDE, "prod")).toEqual([
    'Load goes to these, in context "prod", at up to 50 requests/s:',
    "  web: Service shop/web:80 at 10.96.0.20:80",
    "Namespaces: shop",
  ]);
  expect(confirmWords(plan(), [], "prod")).toEqual([]);
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
