import { afterAll, describe } from "vitest";
import { testRollouts } from "./rollout-tests.ts";
import { sharedLab } from "./shared-lab.ts";

describe("rollouts with kube-proxy in iptables mode", () => {
  const shared = sharedLab();
  testRollouts(() => shared.open());
  afterAll(() => shared.leave());
});
