import { expect, test } from "vitest";
import { reproduceCommand } from "../../../reports/view/command.ts";
import { askedOf, givenBeside } from "../../../runner/cli/asked.ts";
import type { Experiment } from "../../../runner/cli/compare-plan.ts";
import { armPair } from "../../../runner/experiment/arms.ts";
import { dnsStorm } from "../../../suites/dns-storm/suite.ts";
import { fixture } from "../reports/fixture.ts";

const storm = { suite: dnsStorm, arms: await armPair(dnsStorm, "baseline", "recommended"), options: { depth: 5 } };

/** Every option that a comparison has, those without a value set. */
const ALL: Required<Omit<Experiment, "engine" | "workload" | "resume" | "arm" | "against" | "takes">> &
  Pick<Experiment, "engine"> = {
  ...{
    suites: [storm],
    engine: undefined,
    rounds: 6,
    maxMinutes: 90,
    yes: true,
    seed: 3,
    quick: true,
    out: "out",
    store: "kept",
  },
  ...{ prometheusWrite: "http://prometheus/api/v1/write", prometheusWriteTokenFile: "token" },
  watch: true,
  ...{ json: true, allowNodeChanges: true, allowWorkloadChanges: true, force: true, inTurn: true, sideBySide: true },
  ...{ lab: "mine", kubeconfig: "./kube config", context: "c", namespace: "lent", nodeSelector: { a: "1" } },
  ...{ imageRegistry: "r/x", imagePullSecret: { namespace: "ci", name: "mirror" }, agentImage: "agent:1" },
  ...{ webImage: "web:1", nginxImage: "nginx:1", nodeImage: "node:1", debianImage: "debian:1", envoyImage: "envoy:1" },
  ...{ corednsImage: "coredns:1", dnsperfImage: "dnsperf:1" },
  ...{ baselineKubeconfig: "old", baselineContext: "a", baselineLab: "l", labGiven: true },
  ...{ tunedKubeconfig: "new", tunedContext: "b", tunedLab: "m" },
};

test("from what a result records, the command has every option that it was given", () => {
  const result = { ...fixture(), suite: "dns-storm", asked: askedOf(storm, ALL), given: givenBeside(ALL) };
  const command = reproduceCommand(result);
  expect(command).toBe(
    [
      "packetwalk compare dns-storm --baseline baseline --tuned recommended --seed 3 --rounds 6 --max-minutes 90 --quick",
      "--force --in-turn --side-by-side --namespace lent --node-selector a=1 --image-registry r/x --agent-image agent:1",
      "--web-image web:1 --nginx-image nginx:1 --node-image node:1 --debian-image debian:1 --envoy-image envoy:1 --coredns-image coredns:1",
      "--dnsperf-image dnsperf:1 --depth 5 --kubeconfig './kube config' --lab mine --baseline-kubeconfig old",
      "--baseline-context a --baseline-lab l --tuned-kubeconfig new --tuned-context b --tuned-lab m",
      "--image-pull-secret ci/mirror --yes --allow-node-changes --allow-workload-changes",
    ].join(" "),
  );
});

test("what was not given is not recorded", () => {
  const plain = { suites: [storm], engine: undefined, seed: 1, lab: "default", out: "out" };
  expect(givenBeside(plain)).toEqual({});
});
