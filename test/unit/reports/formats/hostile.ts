/** A result whose every name was chosen to become something else in one of the formats. */
import type { Reported } from "../../../../reports/formats/run-report.ts";
import type { Result } from "../../../../runner/result/result.ts";
import { voided } from "../../analysis/blocks.ts";
import { reportOf } from "../cases.ts";
import { fixture } from "../fixture.ts";

export const HOSTILE = `=cmd|'/c calc'!A1 <script>alert("x")</script> ]]> \`\`code\`\` [a](javascript:b) @root &amp; \\\n# EOF\r\u001b[31mred\u0000\u202e\ud800\uffff`;

export function hostileResult(): Result {
  const base = fixture();
  const [baseline, tuned] = base.arms;
  const because = { kind: "step-failed", step: HOSTILE, because: HOSTILE } as const;
  return {
    ...base,
    packetwalk: HOSTILE,
    asked: { suites: "connection-flood", "--baseline": HOSTILE, "--node-selector": HOSTILE },
    given: { "--kubeconfig": HOSTILE },
    target: { ...base.target, kind: "kubeconfig", context: HOSTILE, cni: HOSTILE, kernel: HOSTILE, uid: HOSTILE },
    arms: [
      {
        ...baseline,
        name: HOSTILE,
        blocks: baseline.blocks.map((block, at) => (at === 1 ? voided(block, because) : block)),
      },
      { ...tuned, name: `${HOSTILE} too` },
    ],
    tunings: base.tunings.map((tuning) => ({
      ...tuning,
      arm: `${HOSTILE} too`,
      setting: HOSTILE,
      actsIn: HOSTILE,
      note: HOSTILE,
      failed: { where: HOSTILE, because: HOSTILE },
      readBacks: [{ where: HOSTILE, wanted: "1", got: HOSTILE }],
    })),
    hops: [],
    predictions: [],
    warnings: [{ kind: "without-kernel-counters", because: HOSTILE }],
  };
}

export function reported(result: Result): Reported {
  return { result, report: reportOf(result) };
}
