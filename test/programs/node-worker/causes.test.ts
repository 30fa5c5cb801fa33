import { describe, expect, test } from "vitest";
import { closedAfterEach } from "./closed-after-each.ts";
import { answering, type Behaviour, misbehaving, refusing } from "./servers.ts";
import { saturate, trace } from "./worker.ts";

const started = closedAfterEach();

const CAUSE_OF: Record<Behaviour, string> = {
  closesWithoutReply: "truncated",
  resets: "reset",
  saysNothing: "response-timeout",
  sendsHalfABody: "truncated",
  sendsHalfAHead: "truncated",
  sendsHalfAChunk: "truncated",
  sendsHalfABodyThenStalls: "response-timeout",
  endsTheBodyByClosing: "ok",
  resetsABodyWithoutLength: "reset",
  resetsAtOnceABodyWithoutLength: "reset",
  resetsAtOnceHalfABody: "reset",
  speaksNonsense: "protocol-error",
};

const kept = [false, true];
const each = Object.entries(CAUSE_OF).flatMap(([how, cause]) =>
  kept.map((keepAlive) => ({
    how: how as Behaviour,
    cause,
    keepAlive,
    // Long enough for a test machine that stalls, where no timeout is expected.
    timeoutMs: cause === "response-timeout" ? 1_200 : 10_000,
  })),
);

// At the same time: most of them wait.
describe.concurrent("a server that", () => {
  test.for(each)(
    "$how is $cause to undici, keepAlive $keepAlive",
    async ({ how, cause, ...load }, { onTestFinished }) => {
      const { address, accepted, close } = await misbehaving(how);
      onTestFinished(close);
      const { report, timelines } = await trace(address, load);
      expect(report.outcomes).toEqual(cause === "ok" ? { ok: 40 } : { ok: 0, [cause]: 40 });
      expect(accepted()).toBe(40);
      expect(timelines).toHaveLength(40);
      for (const line of timelines) expect(line.out).toBe(cause);
    },
  );

  test.for(each)(
    "$how is $cause to autocannon, keepAlive $keepAlive",
    async ({ how, cause, ...load }, { onTestFinished }) => {
      const { address, accepted, close } = await misbehaving(how);
      onTestFinished(close);
      const { outcomes, scheduled } = await saturate(address, { ...load, durationMs: 100 });
      expect(outcomes).toEqual(cause === "ok" ? { ok: scheduled } : { ok: 0, [cause]: scheduled });
      expect(accepted()).toBe(scheduled);
    },
  );
});

test.each([
  [204, "ok"],
  [302, "ok"],
  [404, "status-4xx"],
  [500, "status-500"],
  [501, "status-5xx"],
  [502, "status-502"],
  [503, "status-503"],
  [504, "status-504"],
])("status %i is %s", async (status, outcome) => {
  const { address } = await started(answering({ status }));
  const { report, timelines } = await trace(address);
  expect(report.outcomes).toEqual({ ok: 0, [outcome]: 40 });
  expect(timelines[0]).toMatchObject({ st: status, pod: "web-7" });
  const { outcomes, scheduled } = await saturate(address, { durationMs: 50 });
  expect(outcomes).toEqual({ ok: 0, [outcome]: scheduled });
});

test("a port on which nobody listens is refused", async () => {
  const { address } = await refusing();
  const { report, timelines } = await trace(address);
  expect(report.outcomes).toEqual({ ok: 0, refused: 40 });
  expect(timelines[0]?.err).toMatchObject({ code: "ECONNREFUSED", syscall: "connect", errno: -111 });
  const closedLoop = await saturate(address, { durationMs: 100 });
  expect(closedLoop.outcomes).toEqual({ ok: 0, refused: closedLoop.scheduled });
  expect(closedLoop.scheduled).toBeGreaterThan(5);
  expect(closedLoop.scheduled).toBeLessThan(500);
});

test("requests beyond maxInFlight are not sent", async () => {
  const { address, accepted } = await started(misbehaving("saysNothing"));
  const { report } = await trace(address, { maxInFlight: 10, timeoutMs: 1_200 });
  expect(report.outcomes).toEqual({ ok: 0, "not-sent": 30, "response-timeout": 10 });
  expect(report.sent).toBe(10);
  expect(accepted()).toBe(10);
});
