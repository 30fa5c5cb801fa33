import { TIME_WAIT_ENTRY_S } from "../../analysis/capacity/node-table.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, unset } from "../inside/lacks.ts";
import { ENTRY_TIMEOUTS, numberIn } from "../inside/sysctls.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { longTimeouts, PROXY_TIMEOUTS } from "../timeouts.ts";

const [ESTABLISHED, CLOSE_WAIT] = PROXY_TIMEOUTS;

/** With what is usual: kube-proxy's own, and of TIME_WAIT, which it leaves alone, the kernel's. */
const LIMITS = [
  {
    key: ENTRY_TIMEOUTS.timeWait,
    usualS: TIME_WAIT_ENTRY_S,
    tuning: "conntrack-time-wait-30",
    who: "a connection that both sides closed",
  },
  { key: ENTRY_TIMEOUTS.established, ...ESTABLISHED },
  { key: ENTRY_TIMEOUTS.closeWait, ...CLOSE_WAIT },
] as const;

export const conntrackTimeoutsInForce = defineCheck({
  name: "conntrack-timeouts",
  hop: "conntrack",
  title: "entries of dead connections stay too long in the table",
  reads: ["inside"],
  uses: ["proxy"],
  find({ inside }, _asked, { proxy }) {
    const found = inside.nodes.flatMap((node) =>
      LIMITS.flatMap(({ key, usualS, tuning, who }): Found[] => {
        const inForceS = numberIn(node, key);
        if (inForceS === undefined || inForceS <= usualS) return [];
        return [
          {
            severity: "warning",
            subject: `node ${node.name}`,
            value: `${key} = ${inForceS}, where ${usualS} is usual`,
            readFrom: `${key} on the node`,
            consequence: `${who} keeps its entry for ${seconds(inForceS)}: one of them a second holds ${count(inForceS)} entries, of 262,144 in a usual table`,
            remedy: {
              tuning,
              words: `${seconds(usualS)} or less; above the longest silence of a connection that lives`,
            },
            proof: compares(tuning),
          },
        ];
      }),
    );
    const isAll = inside.left.length === 0 && inside.failed.length === 0;
    return proxy === null || isAll ? found : [...found, ...longTimeouts(proxy)];
  },
  lacks: ({ inside }) => lacksOf(inside, (node) => unset(node, ...Object.values(ENTRY_TIMEOUTS))),
});
