import { expect, test, vi } from "vitest";
import type { EnvironmentError } from "../../../runner/errors.ts";
import { keepAlive } from "../../../runner/probes/heartbeat.ts";

function life() {
  const over = new AbortController();
  const lost: EnvironmentError[] = [];
  return { lifetime: { until: over.signal, onLost: (why: EnvironmentError) => lost.push(why) }, lost, over };
}

/** As an exec ends that is called off. */
function untilAborted(signal: AbortSignal | undefined): Promise<string> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

test("an agent that has given its runner up ends the run at once, with its node's name", async () => {
  const { lifetime, lost, over } = life();
  const words = "agent heartbeat on node a: this agent has not heard of its runner and has put its node back";
  keepAlive({ nodes: ["a"], run: () => Promise.reject(new Error(words)) }, lifetime);
  await expect.poll(() => lost.length).toBe(1);
  expect(lost[0]?.message).toMatch(
    /^the agent on node a did not hear of this runner for 120 s, so it puts its node back/,
  );
  over.abort();
});

test("a stream that breaks is opened anew, and is no reason to end the run", async () => {
  const { lifetime, lost, over } = life();
  const run = vi.fn((_node: string, _args: string[], { signal }: { signal?: AbortSignal | undefined }) =>
    run.mock.calls.length === 1 ? Promise.reject(new Error("the stream closed")) : untilAborted(signal),
  );
  keepAlive({ nodes: ["a"], run }, lifetime);
  await expect.poll(() => run.mock.calls.length, { timeout: 20_000 }).toBe(2);
  over.abort();
  await expect.poll(() => lost).toEqual([]);
});

test("each node hears a word at once, and none after the end", async () => {
  const { lifetime, lost, over } = life();
  const heard: string[] = [];
  keepAlive(
    {
      nodes: ["a", "b"],
      run(node, args, { stdin, signal }) {
        if (typeof stdin === "object") stdin.on("data", () => heard.push(`${node} ${args}`));
        return untilAborted(signal);
      },
    },
    lifetime,
  );
  await expect.poll(() => [...heard].sort()).toEqual(["a heartbeat", "b heartbeat"]);
  over.abort();
  expect(lost).toEqual([]);
});
