import { describe, expect, it } from "vitest";
import { arrivalOf, type PlaceReadBack } from "../../../runner/analysis/arrival.ts";

const readBack = (place: string, where: string, got: string | null): PlaceReadBack => ({
  place,
  where,
  wanted: "1024 65535",
  got,
});
const accepted = [{ where: "node-1", error: null }];

describe("arrivalOf", () => {
  it("is arrived when every place that counts has it, in the kernel's own spelling", () => {
    const readBacks = [readBack("pod", "web-1", "1024\t65535"), readBack("pod", "web-2", " 1024 65535\n")];
    expect(arrivalOf({ writes: accepted, readBacks, actsIn: "pod" })).toBe("arrived");
  });

  it("is never-arrived when the node has it and no pod does", () => {
    const readBacks = [readBack("node", "node-1", "1024\t65535"), readBack("pod", "web-1", "32768\t60999")];
    expect(arrivalOf({ writes: accepted, readBacks, actsIn: "pod" })).toBe("never-arrived");
  });

  it("is partly when only some places have it", () => {
    const readBacks = [readBack("pod", "web-1", "1024 65535"), readBack("pod", "web-2", null)];
    expect(arrivalOf({ writes: accepted, readBacks, actsIn: "pod" })).toBe("partly");
  });

  it("is refused when writing failed and no place has it", () => {
    const writes = [{ where: "node-1", error: "EINVAL: invalid argument" }];
    const readBacks = [readBack("kernel", "node-1", "262144")];
    expect(arrivalOf({ writes, readBacks, actsIn: "kernel" })).toBe("refused");
  });

  it("counts an unreadable value as not there", () => {
    expect(arrivalOf({ writes: accepted, readBacks: [readBack("pod", "web-1", null)], actsIn: "pod" })).toBe(
      "never-arrived",
    );
  });

  it("is not-applicable without any place to act in", () => {
    const readBacks = [readBack("node", "node-1", "1024 65535")];
    expect(arrivalOf({ writes: accepted, readBacks, actsIn: "coredns" })).toBe("not-applicable");
  });
});
