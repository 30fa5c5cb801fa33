/** Whether load pods reach what they are to load, before any block; and what is said where they don't. */
import { expect, test } from "vitest";
import { policyWords } from "../../../runner/cluster/network-policies.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { firstRequests, provenOnce } from "../../../runner/load/first-request.ts";
import { openAt } from "../cli/simulated-here.ts";
import { answering, api, refusal } from "../cluster/servers/api.ts";

const TARGET = { name: "web", address: "10.96.0.5:80", host: "web", path: "/" };
const PODS = [
  { pod: "load-0-a", node: "node-1" },
  { pod: "load-0-b", node: "node-1" },
  { pod: "load-0-c", node: "node-2" },
];
const ended = (outcome: string) => JSON.stringify({ outcomes: { ok: 0, [outcome]: 1 } });

/** @param items by the end of their path; a number is a refusal with that status */
async function policies(items: Readonly<Record<string, readonly string[] | number>>) {
  const server = await api({
    answer: answering(({ path }) => {
      if (path === "/api/v1/nodes") return { status: 200, body: { items: [] } };
      const found = Object.entries(items).find(([end]) => path.endsWith(end))?.[1] ?? 404;
      if (typeof found === "number") return refusal(found, `no ${path}`);
      return { status: 200, body: { items: found.map((name) => ({ metadata: { name } })) } };
    }),
  });
  return server;
}

test("one pod a node asks, and again until it is answered", async () => {
  await using server = await policies({});
  const asked: string[] = [];
  await firstRequests(await openAt(server.url), PODS, [TARGET], async ({ pod }, args, stdin) => {
    asked.push(pod);
    expect(args).toEqual(["flood", "--no-gate", "--spec", "-"]);
    expect(JSON.parse(stdin)).toMatchObject({ target: { address: "10.96.0.5:80", host: "web", path: "/" } });
    // Its Service is not known on that node yet.
    return ended(asked.filter((each) => each === pod).length < 2 ? "refused" : "ok");
  });
  expect(asked.sort()).toEqual(["load-0-b", "load-0-b", "load-0-c", "load-0-c"]);
});

test("what is not answered is one sentence, with the policies that may forbid it", async () => {
  await using server = await policies({
    "networking.k8s.io/v1/namespaces/packetwalk/networkpolicies": ["default-deny", "only-dns"],
    "/globalnetworkpolicies": ["deny-egress"],
    "/ciliumclusterwidenetworkpolicies": 403,
  });
  const cluster = await openAt(server.url);
  const failing = firstRequests(cluster, PODS.slice(0, 1), [TARGET], async () => ended("connect-timeout"), {
    timeoutMs: 100,
    intervalMs: 10,
  });
  const error = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(String(error)).toMatch(
    /a first request from load pod load-0-a on node node-1 to web at 10\.96\.0\.5:80 was not answered with 200: connect-timeout \(policies that bear on namespace packetwalk and may forbid it: NetworkPolicy default-deny, only-dns; GlobalNetworkPolicy deny-egress; not to be listed: CiliumClusterwideNetworkPolicy \(HTTP 403 .*\)\)$/,
  );
});

test("a pod that can't ask says why at once, and nothing is tried again", async () => {
  await using server = await policies({});
  let asked = 0;
  const failing = firstRequests(await openAt(server.url), PODS.slice(0, 1), [TARGET], async () => {
    asked++;
    throw new EnvironmentError("load worker 0: agent can't be fetched");
  });
  await expect(failing).rejects.toThrow("agent can't be fetched");
  expect(asked).toBe(1);
});

test("a run proves its way once, and not until it is proven", async () => {
  const prove = provenOnce();
  let asked = 0;
  const load = (error?: Error) => ({
    firstRequests: async () => {
      asked++;
      if (error) throw error;
    },
  });
  await expect(prove(load(new EnvironmentError("no")), [TARGET])).rejects.toThrow("no");
  await prove(load(), [TARGET]);
  await prove(load(), [TARGET]);
  expect(asked).toBe(2);
});

test.each([
  [[], /^no NetworkPolicy that can be seen forbids it in namespace team: look for/],
  [
    [{ kind: "NetworkPolicy", found: { unread: "HTTP 403 no" } }],
    /between nodes; not to be listed: NetworkPolicy \(HTTP 403 no\)$/,
  ],
  [
    [{ kind: "NetworkPolicy", found: ["deny"] }],
    /^policies that bear on namespace team and may forbid it: NetworkPolicy deny$/,
  ],
])("policies %j end the sentence", (all, words) => {
  expect(policyWords(all, "team")).toMatch(words);
});
