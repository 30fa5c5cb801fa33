import { describe, expect, it } from "vitest";
import { aboutCilium } from "../../../../runner/lab/cni/cilium/cilium.ts";
import { DEFAULTS, parseCiliumOptions, unknownOption } from "../../../../runner/lab/cni/cilium/options.ts";

describe("parseCiliumOptions", () => {
  it("takes a mapping or a whole ConfigMap, and makes texts of its values", () => {
    const wanted = { "routing-mode": "native", "bpf-ct-global-tcp-max": "16384", debug: "true" };
    expect(parseCiliumOptions("routing-mode: native\nbpf-ct-global-tcp-max: 16384\ndebug: true\n", "f")).toEqual(
      wanted,
    );
    const asMap = { kind: "ConfigMap", metadata: { name: "cilium-config" }, data: wanted };
    expect(parseCiliumOptions(JSON.stringify(asMap), "f")).toEqual(wanted);
    expect(parseCiliumOptions("", "f")).toEqual({});
  });

  it.each([
    ["a: [", /^f\.yaml is no YAML: [^\n]+$/],
    ["- a", /^f\.yaml holds no mapping: give/],
    ["kind: ConfigMap\n", /^f\.yaml holds no mapping/],
    ["devices: [eth0]", /^f\.yaml: devices has no plain value: give/],
    ["cgroup-root: /x", "f.yaml: cgroup-root is set by the lab itself: leave it out"],
    ["kube-proxy-replacement: strict", /^f\.yaml: kube-proxy-replacement is "true" in a lab/],
    ["ipam: cluster-pool", /^f\.yaml: ipam is "kubernetes" in a lab/],
  ])("refuses %s, naming file and option", (text, message) => {
    expect(() => parseCiliumOptions(text, "f.yaml")).toThrow(message);
  });

  it("lets the fixed ones be repeated as they are", () => {
    expect(parseCiliumOptions("ipam: kubernetes\nkube-proxy-replacement: true", "f")).toEqual({
      ipam: "kubernetes",
      "kube-proxy-replacement": "true",
    });
  });
});

describe("unknownOption", () => {
  const helps = ["Flags:\n      --ipam string   Backend\n      --bpf-lb-sock   Enable", "      --enable-metrics   On"];

  it("finds the option that neither program has, and none where one of them has it", () => {
    expect(unknownOption({ ipam: "kubernetes", "enable-metrics": "true" }, helps)).toBeUndefined();
    expect(unknownOption({ ipam: "kubernetes", "bpf-lb-sok": "true" }, helps)).toBe("bpf-lb-sok");
    expect(unknownOption({ "bpf-lb": "true" }, helps)).toBe("bpf-lb");
  });
});

describe("aboutCilium", () => {
  it("says which way packets go, and whose sockets are led", () => {
    expect(aboutCilium(DEFAULTS)).toMatch(/^Cilium [\d.]+, vxlan tunnel, no kube-proxy; .* of nodes and pods, /);
    const native = { ...DEFAULTS, "routing-mode": "native", "bpf-lb-sock-hostns-only": "true" };
    expect(aboutCilium(native)).toMatch(/, native routing, no kube-proxy; .* of nodes only, /);
  });
});
