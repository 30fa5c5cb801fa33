import { describe, expect, it, test } from "vitest";
import { armByName } from "../../../runner/experiment/arms.ts";
import { lowering } from "../../../runner/experiment/lowered-limits.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";

const KEY = "net.netfilter.nf_conntrack_max";
const arm = (name: string) => armByName(connectionFlood, name, "--tuned");
const has = (node: string, before: string) => ({ node, key: KEY, in: "kernel" as const, before });

describe("an arm that is to raise a limit", () => {
  it("is refused where a node has more, by node and value", async () => {
    // kube-proxy's 32,768 a core on 64 and on 32 cores.
    expect(lowering(await arm("recommended"), [has("big", "2097152"), has("small", "1048576")])).toBe(
      `arm recommended: ${KEY} = 1048576 would lower it on node big, which has 2097152; choose an arm that does not set it`,
    );
    expect(lowering(await arm("article"), [has("b", "1048576"), has("a", "655360"), has("c", "131072")])).toBe(
      `arm article: ${KEY} = 524288 would lower it on node a (and 1 more), which has 655360; choose an arm that does not set it`,
    );
  });

  test.each([
    ["recommended", "262144"],
    ["recommended", "1048576"],
    ["article-conntrack-max", "524288"],
    // What it sets is lower by intent, or no limit.
    ["conntrack-time-wait", "2097152"],
    ["placebo", "2097152"],
    ["baseline", "2097152"],
  ])("%s runs where a node has %s", async (name, before) => {
    expect(lowering(await arm(name), [has("a", before)])).toBeUndefined();
  });
});
