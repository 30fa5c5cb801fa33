import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { count, percent } from "../numbers.ts";
import { compares } from "../proofs.ts";

/** Of the periods in which it had something to do; fewer are a start-up. */
const NOTICEABLE = 0.01;
const MANY = 0.1;
const ENOUGH_PERIODS = 100;
/** A CPU limit's period (cpu.cfs_period_us). */
const PERIOD_MS = 100;

export const dnsThrottled = defineCheck({
  name: "dns-throttled",
  hop: "dns",
  title: "CoreDNS has been throttled by its CPU limit",
  reads: ["inside"],
  find({ inside }) {
    return inside.nodes.flatMap((node): Found[] => {
      const containers = "seen" in node.dnsThrottling ? node.dnsThrottling.seen : [];
      return containers.flatMap(({ pod, periods, throttled, throttledMs }): Found[] => {
        const share = periods === 0 ? 0 : throttled / periods;
        if (periods < ENOUGH_PERIODS || share < NOTICEABLE) return [];
        return [
          {
            severity: share >= MANY ? "warning" : "info",
            subject: `pod kube-system/${pod}`,
            value: `throttled in ${count(throttled)} of ${count(periods)} periods, ${percent(share)}`,
            readFrom: `cpu.stat of its container on node ${node.name}, since it started`,
            consequence: `in those it answered nobody until the period of ${PERIOD_MS} ms was over, ${count(throttledMs / Math.max(1, throttled))} ms on average over all its threads: look-ups of that time waited as long`,
            remedy: { words: "no CPU limit, only a request; more pods; fewer queries a look-up (ndots-2)" },
            proof: compares("replicas-2", "--faults cpu-limit"),
          },
        ];
      });
    });
  },
  lacks: ({ inside }) =>
    lacksOf(inside, ({ name, dnsThrottling }) => unread(name, "CPU time of CoreDNS", dnsThrottling)),
});
