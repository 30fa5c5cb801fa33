/** Diagnoses of states, as runDoctor makes them. */
import { lookedInto } from "../../../runner/cli/diagnosis.ts";
import { withCommands } from "../../../runner/cli/doctor-commands.ts";
import { examine } from "../../../runner/doctor/examine.ts";
import { rateOf } from "../../../runner/doctor/rate.ts";
import {
  type ClusterState,
  type DeepState,
  NOT_ON_NODES,
  type PartName,
  type Parts,
} from "../../../runner/doctor/state.ts";
import { DIAGNOSIS_VERSION, type Diagnosis } from "../../../runner/result/diagnosis.ts";
import {
  container,
  coredns,
  inside,
  node,
  nodeInside,
  service,
  template,
  web,
  wellConfigured,
} from "./well-configured.ts";

export interface Around {
  readonly rate?: number;
  /** Which may not be read, and why. */
  readonly refused?: Readonly<Partial<Record<PartName, string>>>;
  readonly context?: string;
  /** As agents and metrics told it; left out: nobody asked them. */
  readonly deep?: Partial<DeepState>;
}

export async function diagnosis(
  parts: Partial<Parts>,
  { rate, refused = {}, context = "staging", deep = {} }: Around = {},
): Promise<Diagnosis> {
  const entries = Object.entries({ ...wellConfigured(), ...parts }).map(([part, seen]) => [part, { seen }]);
  const state = {
    ...Object.fromEntries(entries),
    ...NOT_ON_NODES,
    ...deep,
    ...Object.fromEntries(Object.entries(refused).map(([part, unseen]) => [part, { unseen }])),
  } as unknown as ClusterState;
  const asked = { rate: rate ?? null, kubectl: ["--context staging"] };
  return {
    schemaVersion: DIAGNOSIS_VERSION,
    packetwalk: "0.0.0",
    readAt: "2026-03-01T08:00:00.000Z",
    context,
    kubernetes: "v1.33.1",
    nodes: 3,
    rate: rateOf(state, asked),
    onNodes: lookedInto(state),
    requests: 12,
    ...(await withCommands(examine(state, asked), ["--context staging"])),
  };
}

/** At 1,000 connections/s DNS breaks first, and the table has half of its rate left. */
export const BAD: Partial<Parts> = {
  nodes: [node("a"), node("b")],
  workloads: [web({ replicas: 1 }), coredns({}, { cpuLimit: 0.1 })],
};

/** Markup, and what turns a text round, wherever a cluster may say something. */
export const HOSTILE = `x\u001b[2J\u202e"><script>alert('x')</script><img src=x onerror=alert(1)>`;

/** Whoever may read nothing at all. */
export const EVERYTHING = Object.fromEntries(
  Object.keys(wellConfigured()).map((part) => [part, `HTTP 403 ${HOSTILE}`]),
);

const each = Array.from({ length: 40 }, (_, index) => ({ app: `a-workload-with-a-long-name-${index}` }));

/** What pages are drawn of in tests: each kind of answer, names that are long or hostile, and what was refused. */
export const CASES: Readonly<Record<string, Diagnosis>> = {
  "well configured": await diagnosis({}),
  "well configured, at a rate": await diagnosis({}, { rate: 900 }),
  "breaks at a rate": await diagnosis(BAD, { rate: 2600 }),
  "breaks at the next rollout": await diagnosis({ workloads: [web({ replicas: 1 }), coredns()] }),
  "many of one kind": await diagnosis(
    {
      workloads: [
        ...each.map((labels) =>
          web({ name: labels.app, pod: template({ labels, containers: [container({ preStop: { kind: "none" } })] }) }),
        ),
        coredns({ replicas: 1 }),
      ],
      services: each.map((selector) => service({ name: selector.app, selector })),
    },
    { rate: 2600 },
  ),
  "partly refused": await diagnosis(BAD, {
    rate: 400,
    refused: {
      proxy: "no ConfigMap kube-proxy",
      budgets: 'HTTP 403 User "dev" cannot list resource "poddisruptionbudgets"',
    },
  }),
  "all refused": await diagnosis({}, { refused: EVERYTHING }),
  "nodes looked into": await diagnosis(BAD, {
    deep: {
      inside: {
        seen: {
          ...inside(
            nodeInside("a", { newPerSecond: 12, search: { unseen: "no resolv.conf in /etc" } }),
            nodeInside("b", { newPerSecond: 340, counters: { conntrackDrop: 5 } }),
            nodeInside("c", { newPerSecond: null }),
          ),
          failed: [{ name: "d", because: "exit 137" }],
          left: ["e", HOSTILE],
        },
      },
      dnsMetrics: { unseen: "HTTP 503 no endpoints" },
      etcd: { seen: wellConfigured().etcd },
    },
  }),
  hostile: await diagnosis(
    {
      nodes: [node(HOSTILE, { conditions: [{ type: "Ready", status: "False", says: HOSTILE }] })],
      workloads: [web({ namespace: HOSTILE, name: HOSTILE, replicas: 1 })],
      services: [service({ namespace: HOSTILE, name: HOSTILE })],
    },
    { context: HOSTILE, rate: 2600 },
  ),
};
