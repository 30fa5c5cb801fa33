import { describe, expect, it } from "vitest";
import { armPair } from "../../../runner/experiment/arms.ts";
import { canDuet, forPairs, hasRoomForTwo } from "../../../runner/experiment/duet.ts";
import { SUITES } from "../../../suites/index.ts";

function suiteOf(name: string): (typeof SUITES)[number] {
  const suite = SUITES.find((each) => each.name === name);
  if (!suite) throw new Error(`there is no suite ${name}`);
  return suite;
}

async function duet(name: string, tuned: string, size: "quick" | "full" = "quick"): Promise<boolean> {
  const suite = suiteOf(name);
  return canDuet(suite, await armPair(suite, "baseline", tuned), suite.plan(size));
}

describe("both arms at the same time", () => {
  it.each(["recommended", "article", "placebo", "baseline"])("can be of rolling-update with %s", async (tuned) => {
    expect(await duet("rolling-update", tuned)).toBe(true);
    expect(await duet("rolling-update", tuned, "full")).toBe(true);
  });

  it.each(["recommended", "ndots2", "autopath"])("can be of dns-storm with %s", async (tuned) => {
    expect(await duet("dns-storm", tuned)).toBe(true);
  });

  it("are not chosen unasked on nodes without the CPUs for both", () => {
    const suite = suiteOf("rolling-update");
    expect(hasRoomForTwo(suite, [{ cpus: 8 }, { cpus: 4 }])).toBe(true);
    expect(hasRoomForTwo(suite, [{ cpus: 8 }, { cpus: 2 }])).toBe(false);
    // All of it is on one.
    expect(hasRoomForTwo(suite, [{ cpus: 4 }])).toBe(false);
    expect(hasRoomForTwo(suite, [{ cpus: 8 }])).toBe(true);
    // Where nodes can't be read.
    expect(hasRoomForTwo(suite, [])).toBe(false);
    expect(hasRoomForTwo({ sideBySide: null }, [{ cpus: 64 }])).toBe(false);
  });

  it("take so many rounds that their differences can be judged", () => {
    const plan = suiteOf("dns-storm").plan("quick");
    expect(forPairs({ ...plan, rounds: 5 }).rounds).toBe(6);
    expect(forPairs({ ...plan, rounds: 9 }).rounds).toBe(9);
  });

  it("can't where an arm changes nodes, which both would share", async () => {
    expect(await duet("dns-storm", "node-local-cache")).toBe(false);
  });

  it.each(["connection-flood", "saturation"])("can't of %s, whose arms fill the same tables", async (name) => {
    for (const tuned of ["recommended", "placebo", "baseline"]) expect(await duet(name, tuned)).toBe(false);
  });
});
