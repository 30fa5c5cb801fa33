import { describe, expect, test } from "vitest";
import { UsageError } from "../../../../runner/errors.ts";
import { FAULT_KINDS, LONGEST_CHAIN, OPTIONS } from "../../../../suites/dns-storm/options.ts";
import { OFFERED } from "../../../../suites/dns-storm/storms.ts";

const { faults, depth } = OPTIONS;

describe("--faults", () => {
  test("takes names with commas between them", () => {
    expect(faults.parse("kill-pod, slow-upstream")).toEqual(["kill-pod", "slow-upstream"]);
    expect(faults.parse(FAULT_KINDS.join(","))).toEqual(FAULT_KINDS);
  });

  test("a name that there is not is refused, with those that there are", () => {
    expect(() => faults.parse("slow-upstream,earthquake")).toThrow(
      new UsageError(
        '--faults: dns-storm has no fault "earthquake"; choose from slow-upstream, lossy-upstream, cpu-limit, max-concurrent, kill-pod',
      ),
    );
    expect(() => faults.parse("slow-upstream,")).toThrow(/^--faults: give names with commas between them$/);
  });

  test("each of them is offered", () => {
    expect(FAULT_KINDS.map((kind) => OFFERED[kind].kind)).toEqual(FAULT_KINDS);
  });
});

describe("--depth", () => {
  test("takes a whole number of services", () => {
    expect([depth.parse("1"), depth.parse(String(LONGEST_CHAIN))]).toEqual([1, LONGEST_CHAIN]);
  });

  test("more than the longest chain is refused", () => {
    expect(() => depth.parse("101")).toThrow(new UsageError("--depth: dns-storm has at most 100 services in a row"));
  });

  test.each(["0", "-3", "2.5", "many", "", "Infinity"])("%j is not a whole number from 1 up", (text) => {
    expect(() => depth.parse(text)).toThrow(/^--depth: .* is not a whole number of services; give one from 1 up$/);
    expect(() => depth.parse(text)).toThrow(UsageError);
  });
});
