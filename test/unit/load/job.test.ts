import { describe, expect, it } from "vitest";
import { jobObject } from "../../../runner/load/job.ts";
import { constant } from "../../../runner/load/schedule/profiles.ts";
import type { OpenLoad } from "../../../runner/load/spec.ts";
import { workerSecret } from "../../../runner/load/worker-pods.ts";

const load = (seconds: number): OpenLoad => ({
  model: "open",
  placement: "all-nodes",
  schedule: constant(10, seconds * 1000),
  timeoutMs: 5_000,
  workers: 3,
});
const job = (seconds: number, program: Parameters<typeof jobObject>[1]) =>
  jobObject(
    {
      ...{ name: "load-1", image: "busybox:1", cpuRequest: "10m", nodes: ["a"], podSysctls: [] },
      ...{ load: load(seconds), gateTimeoutMs: 60_000 },
    },
    program,
  ).spec;

describe("a load's Job", () => {
  it("may last as long as its load, the wait at the gate and the last answers, and no less than it always could", () => {
    const plain = { command: ["agent"], environment: {} };
    expect(job(30, plain)?.activeDeadlineSeconds).toBe(600);
    expect(job(3_600, plain)?.activeDeadlineSeconds).toBe(3_600 + 60 + 5 + 120);
  });

  it("has its workers' files from a ConfigMap, and secret ones from a Secret", () => {
    const program = { command: ["agent"], environment: {}, files: { "flood.json": '{"headers":{"X":"hush"}}' } };
    expect(job(30, program)?.template.spec?.volumes).toEqual([{ name: "files", configMap: { name: "load-1" } }]);
    const secret = job(30, { ...program, filesAreSecret: true });
    expect(secret?.template.spec?.volumes).toEqual([{ name: "files", secret: { secretName: "load-1" } }]);
    expect(JSON.stringify(secret)).not.toContain("hush");
    const { data, ...rest } = workerSecret("load-1", program.files);
    expect(rest).toMatchObject({ kind: "Secret", metadata: { name: "load-1", namespace: "packetwalk" } });
    expect(Buffer.from(data?.["flood.json"] ?? "", "base64").toString()).toBe(program.files["flood.json"]);
  });
});
