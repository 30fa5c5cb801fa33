import { describe, expect, it } from "vitest";
import { onNodes } from "../../../runner/cluster/on-nodes.ts";
import type { HttpTask } from "../../../runner/load/engines/engine.ts";
import { k6 } from "../../../runner/load/engines/k6.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../../runner/load/spec.ts";
import { runnerIndex, testRunObject } from "../../../runner/load/test-run.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";

const load: OpenLoad = {
  model: "open",
  placement: "all-nodes",
  schedule: constant(900, 4_000),
  timeoutMs: 3_000,
  workers: 3,
};

const PROGRAMS = { name: "programs", mountPath: "/packetwalk" };

describe("a TestRun", () => {
  it("asks for one runner a worker, on the block's nodes, with the arm's sysctls and the whole load", async () => {
    const suiteLoad = connectionFlood.load;
    const task: HttpTask = {
      targets: [{ name: "web", address: "10.96.0.10:80", host: "web", path: "/" }],
      k6Script: suiteLoad.kind === "http" ? suiteLoad.needs.k6Script : undefined,
    };
    const program = await k6.worker({ ...load, workers: 1 }, task, { seed: 1, sliceMs: 250, gateTimeoutMs: 60_000 });
    const sysctls = [{ name: "net.ipv4.ip_local_port_range", value: "1024 65535" }];
    const { metadata, spec } = testRunObject(
      { name: "load-7", image: "k6:1", load, nodes: ["a", "b"], podSysctls: sysctls },
      program,
      {
        containers: [{ name: "k6", volumeMounts: [PROGRAMS] }],
        initContainers: [{ name: "fetch" }],
        volumes: [{ name: "programs", emptyDir: {} }],
      },
    );
    expect(metadata).toMatchObject({ name: "load-7", namespace: "packetwalk" });
    expect(spec.parallelism).toBe(3);
    expect(spec.script.configMap).toEqual({ name: "load-7", file: Object.keys(program.files ?? {})[0] });
    expect(spec.runner.securityContext).toMatchObject({ runAsNonRoot: true, sysctls });
    expect(spec.runner.affinity).toEqual(onNodes(["a", "b"]));
    const told: unknown = JSON.parse(spec.runner.env?.find((each) => each.name === "PACKETWALK_LOAD")?.value ?? "");
    expect(told).toMatchObject({
      stages: [{ durationMs: 4_000, fromPerSecond: 900, toPerSecond: 900 }],
      gateTimeoutMs: 60_000,
    });
    expect(spec.runner.env).toContainEqual({ name: "INSTANCES", value: "3" });
    // The operator starts "k6" by its name.
    expect(spec.runner.env).toContainEqual({ name: "PATH", value: expect.stringMatching(/^\/packetwalk:.*:\/bin$/) });
    expect(spec.runner).toMatchObject({ initContainers: [{ name: "fetch" }], volumeMounts: [PROGRAMS] });
    // Operators that know no `disabled` run the initializer: it needs what a runner needs.
    expect(spec.initializer).toMatchObject({ disabled: true, image: "k6:1", env: spec.runner.env });
  });

  it("numbers the runners from 0, and takes no other pod for one", () => {
    const index = (job: string) =>
      runnerIndex({ metadata: { labels: { "batch.kubernetes.io/job-name": job } } }, "load-1");
    expect(index("load-1-1")).toBe(0);
    expect(index("load-1-12")).toBe(11);
    for (const other of ["load-1-starter", "load-1-initializer", "load-1", "load-12-1", ""]) {
      expect(index(other), other).toBeUndefined();
    }
  });
});
