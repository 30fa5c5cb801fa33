import { afterAll, describe } from "vitest";
import { testRolloutsByRules, testRolloutsWhateverTheRules } from "../rollout-tests.ts";
import { sharedLab } from "../shared-lab.ts";

describe("rollouts with kube-proxy in iptables mode", () => {
  const shared = sharedLab();
  testRolloutsByRules(() => shared.open());
  testRolloutsWhateverTheRules();
  afterAll(() => shared.leave());
});
