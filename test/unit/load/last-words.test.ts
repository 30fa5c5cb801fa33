/** Why a worker failed, as its cluster shows it: late, piece by piece, and with pods that are gone meanwhile. */
import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { type FailedWorkerOptions, failedWorker } from "../../../runner/load/last-words.ts";
import type { WorkerPods } from "../../../runner/load/worker-pods.ts";
import { openAt } from "../cli/simulated-here.ts";
import { answering, api, refusal } from "../cluster/servers/api.ts";

interface Shown {
  readonly phase: string;
  readonly message?: string;
}

function pod(index: number, { phase, message }: Shown): V1Pod {
  const terminated = { exitCode: 1, ...(message === undefined ? {} : { message }) };
  return {
    metadata: { name: `load-${index}`, uid: `uid-${index}`, labels: { index: String(index) } },
    status: { phase, containerStatuses: phase === "Failed" ? [{ name: "load", state: { terminated } }] : [] } as never,
  };
}

const made = {
  container: "load",
  selector: "job-name=load",
  indexOf: ({ metadata }: V1Pod) => Number(metadata?.labels?.index),
} as WorkerPods;

/** @param looks what each look at the pods shows, the last one for good; @param logs by pod */
async function ask(
  looks: ReadonlyArray<readonly V1Pod[] | "refused">,
  logs: Record<string, string>,
  options: FailedWorkerOptions,
) {
  let looked = 0;
  await using server = await api({
    answer: answering(({ path }) => {
      const name = /pods\/([^/]+)\/log$/.exec(path)?.[1];
      if (name !== undefined) return name in logs ? { status: 200, body: logs[name] } : refusal(404, "no such pod");
      if (!path.endsWith("/pods")) return { status: 200, body: { items: [] } };
      const look = looks[Math.min(looked++, looks.length - 1)] ?? [];
      return look === "refused" ? refusal(500, "busy") : { status: 200, body: { items: look } };
    }),
  });
  return await failedWorker(await openAt(server.url), made, options);
}

test("its pod's status has the words, and the last line is taken", async () => {
  const looks = [[pod(0, { phase: "Failed", message: "warming up\nhost a can't be looked up\n" })]];
  expect(await ask(looks, {}, { first: "uid-0", shownWithinMs: 0 })).toEqual({
    index: 0,
    pod: "load-0",
    words: "host a can't be looked up",
  });
});

test("its log has them where the status has not", async () => {
  const failed = await ask([[pod(0, { phase: "Failed" })]], { "load-0": "why\n" }, { shownWithinMs: 0 });
  expect(failed?.words).toBe("why");
});

test("a pod that still looks alive, and a list that is refused, are looked at again", async () => {
  const looks = [[pod(0, { phase: "Running" })], "refused" as const, [pod(0, { phase: "Failed", message: "why" })]];
  expect((await ask(looks, {}, { first: "uid-0", shownWithinMs: 30_000 }))?.words).toBe("why");
});

test("words that come after the end are waited for", async () => {
  const looks = [[pod(0, { phase: "Failed" })], [pod(0, { phase: "Failed", message: "why" })]];
  expect((await ask(looks, {}, { first: "uid-0", shownWithinMs: 0 }))?.words).toBe("why");
});

test("a worker has failed though a sidecar keeps its pod running, and a sidecar's failure is not the worker's", async () => {
  const beside = (own: object, sidecar: object): V1Pod => ({
    metadata: { name: "load-0", uid: "uid-0", labels: { index: "0" } },
    status: {
      phase: "Running",
      containerStatuses: [
        { name: "istio-proxy", state: sidecar },
        { name: "load", state: own },
      ],
    } as never,
  });
  const ended = { terminated: { exitCode: 1, message: "why" } };
  const failed = await ask([[beside(ended, { running: {} })]], {}, { shownWithinMs: 0 });
  expect(failed).toEqual({ index: 0, pod: "load-0", words: "why" });
  expect(await ask([[beside({ running: {} }, ended)]], {}, { shownWithinMs: 0 })).toBeUndefined();
});

test("where the first to be asked is silent another one speaks, and under its own number", async () => {
  const looks = [[pod(0, { phase: "Failed" }), pod(1, { phase: "Failed", message: "why" })]];
  expect(await ask(looks, {}, { first: "uid-0", shownWithinMs: 0 })).toEqual({ index: 1, pod: "load-1", words: "why" });
});

test("of two that speak the first to be asked is heard", async () => {
  const looks = [[pod(0, { phase: "Failed", message: "a" }), pod(1, { phase: "Failed", message: "b" })]];
  expect((await ask(looks, {}, { first: "uid-1", shownWithinMs: 0 }))?.words).toBe("b");
});

test("none has failed, or all are gone", async () => {
  expect(await ask([[pod(0, { phase: "Running" })]], {}, { shownWithinMs: 0 })).toBeUndefined();
  expect(await ask([[]], {}, { shownWithinMs: 60_000 })).toBeUndefined();
});
