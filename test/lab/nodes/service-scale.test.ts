import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resultSchema } from "../../../runner/result/result.ts";
import { SCALE_EVIDENCE, ScaleBlockEvidence } from "../../../suites/service-scale/evidence.ts";
import { packetwalk } from "../../support/packetwalk.ts";
import { holdOfTheLab } from "../hold.ts";
import { SHARED_LAB } from "../names.ts";
import { sharedLab } from "../shared-lab.ts";

const RESULT = resultSchema("service-scale", SCALE_EVIDENCE);
const testing = sharedLab();
let folder: string;
let giveNodesBack: () => void;

beforeAll(async () => {
  giveNodesBack = await holdOfTheLab("nodes");
  ({ folder } = await testing.open());
});
afterAll(async () => {
  await testing.leave();
  giveNodesBack();
});

test("Services are in every node's rules before a load, and the last of the chain is behind all others, the first before them", async () => {
  const out = join(folder, "out");
  const ran = await packetwalk([
    ...["compare", "service-scale", "--quick", "--rounds", "1", "--sizes", "60", "--lab", SHARED_LAB, "--json"],
    ...["--baseline", "iptables", "--tuned", "iptables-head", "--out", out],
  ]);
  // One round decides nothing; on a machine that is busy with other things blocks may be void as well.
  expect([2, 3], ran.stderr).toContain(ran.code);
  const result = RESULT.parse(JSON.parse(readFileSync(join(out, "result.json"), "utf8")));
  const [tail, head] = result.arms;
  for (const { blocks } of result.arms) {
    for (const { evidence: found, outcomes } of blocks) {
      const evidence = ScaleBlockEvidence.parse(found);
      expect(evidence.services).toBe(60);
      expect(evidence.mode).toBe("iptables");
      for (const { node, found: there, rules } of evidence.nodes) {
        expect(there, node).toBe(60);
        expect(rules, node).toBeGreaterThan(60);
      }
      expect(outcomes.ok).toBeGreaterThan(0);
      // Both ways of the change, on both nodes, each seen on the data path.
      expect(evidence.changes.map(({ to, delayMs }) => [to, delayMs !== null && delayMs >= 0])).toEqual([
        ...[
          ["refused", true],
          ["refused", true],
          ["open", true],
          ["open", true],
        ],
      ]);
      for (const proxy of evidence.proxies) {
        expect(proxy.unread).toEqual([]);
        expect(proxy.rssBytes).toBeGreaterThan(0);
        expect(proxy.syncs).toBeGreaterThan(0);
      }
    }
  }
  // Of 60 rules in a row the last has 59 before it, and the first none: whatever stands before, between and behind is the cluster's.
  const walked = (blocks: readonly { readonly evidence: unknown }[]) =>
    blocks.map(({ evidence }) => ScaleBlockEvidence.parse(evidence).target.rulesWalked ?? -1);
  for (const rules of walked(tail.blocks)) expect(rules).toBeGreaterThanOrEqual(59);
  for (const rules of walked(head.blocks)) expect(Math.min(...walked(tail.blocks)) - rules).toBeGreaterThan(40);
  const arrivals = result.tunings.map(({ name, arrival }) => `${name}: ${arrival}`);
  expect(arrivals).toContain("service-at-head: arrived");
  expect(arrivals).toContain("proxy-iptables: arrived");
});

test("an arm that takes another mode is refused by name before anything is made", async () => {
  const ran = await packetwalk([
    ...["run", "service-scale", "--arm", "nftables", "--quick", "--lab", SHARED_LAB, "--out", join(folder, "other")],
  ]);
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain(
    `arm nftables takes kube-proxy in nftables mode, and lab "${SHARED_LAB}" is up in iptables mode`,
  );
});
