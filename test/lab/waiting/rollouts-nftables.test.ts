import { afterAll, describe } from "vitest";
import { ownLab } from "../names.ts";
import { testRolloutsByRules } from "../rollout-tests.ts";
import { testLab } from "../test-lab.ts";

describe("rollouts with kube-proxy in nftables mode", () => {
  const own = testLab(ownLab("nftables"));
  testRolloutsByRules(() => own.up("nftables"));
  afterAll(() => own.remove());
});
