import { describe, expect, it } from "vitest";
import { tooFewInstances } from "../../../runner/lab/machine/inotify.ts";

describe("tooFewInstances", () => {
  it("says nothing while there is room for all of the lab", () => {
    expect(tooFewInstances({ nodes: 2, limit: 128, used: 100 })).toBeUndefined();
    expect(tooFewInstances({ nodes: 10, limit: 8192, used: 0 })).toBeUndefined();
  });

  it("says what is needed, what is left, and what to do", () => {
    expect(tooFewInstances({ nodes: 2, limit: 128, used: 101 })).toBe(
      "a lab of 2 nodes needs 28 instances of inotify, and 27 of this user's 128 are left: take another lab down, or allow more (sysctl fs.inotify.max_user_instances)",
    );
    expect(tooFewInstances({ nodes: 1, limit: 128, used: 200 })).toMatch(/^a lab of 1 node needs 20 .* and 0 of/);
  });
});
