import { afterAll, describe } from "vitest";
import { ownLab } from "./names.ts";
import { testRollouts } from "./rollout-tests.ts";
import { testLab } from "./test-lab.ts";

describe("rollouts with kube-proxy in nftables mode", () => {
  const own = testLab(ownLab("nftables"));
  testRollouts(() => own.up("nftables"));
  afterAll(() => own.remove());
});
