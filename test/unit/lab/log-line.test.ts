import { describe, expect, it } from "vitest";
import { lastMeaningfulLine } from "../../../runner/lab/log-line.ts";

describe("lastMeaningfulLine", () => {
  it("prefers the last error to what comes after it, without klog's prefix", () => {
    const log = [
      "I1124 09:16:19.346761   31515 controllermanager.go:191] starting",
      'E1124 09:16:19.349454   31515 run.go:72] "command failed" err="listen tcp: address \\"x\\" in use"',
      "I1124 09:16:19.349849   31515 log.go:1] bye",
    ].join("\n");
    expect(lastMeaningfulLine(log)).toBe('command failed: listen tcp: address "x" in use');
  });

  it("finds the full disk among its consequences", () => {
    const log = "tar: ./a: Cannot write: No space left on device\ntar: Error is not recoverable: exiting now\n";
    expect(lastMeaningfulLine(log)).toContain("No space left");
  });

  it("reads lines of slog, as Cilium's agent writes them", () => {
    const log = [
      'time=2026-12-01T02:26:47.887033153Z level=info msg="Updated link for program" progName=cil_to_netdev',
      'time=2026-12-01T02:26:48.1Z level=error msg="Start hook failed" error="load program: permission denied"',
      "time=2026-12-01T02:26:48.2Z level=info msg=Stopping",
    ].join("\n");
    expect(lastMeaningfulLine(log)).toBe('Start hook failed error="load program: permission denied"');
  });

  it("reads logrus and JSON lines", () => {
    expect(lastMeaningfulLine('time="2026-11-24T09:16:19Z" level=fatal msg="no such plugin" id=1')).toBe(
      "no such plugin id=1",
    );
    expect(lastMeaningfulLine('{"level":"fatal","msg":"discovery failed","error":"bind: in use"}')).toBe(
      "discovery failed: bind: in use",
    );
  });

  it("skips stack traces and usage texts", () => {
    expect(lastMeaningfulLine("Error: unknown flag: --x\nUsage:\n  kubelet [flags]\n")).toBe(
      "Error: unknown flag: --x",
    );
    expect(lastMeaningfulLine("panic: nil map\n\ngoroutine 1 [running]:\n\tmain.go:3\n")).toBe("panic: nil map");
  });

  it("has nothing to say about nothing", () => {
    expect(lastMeaningfulLine("\n \n")).toBeUndefined();
  });
});
