import { queueTakes, SOMAXCONN, STALL_S, stallUntilOverflow } from "../../analysis/capacity/queue.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, podsIn, unreadPods, unset } from "../inside/lacks.ts";
import { numberIn, SOMAXCONN_KEY } from "../inside/sysctls.ts";
import { count, seconds } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

/** The kernel's own was 128 before 5.4. */
const SHORT = 1024;
/** Where no rate is known. */
const EXAMPLE_PER_SECOND = 1000;

export const listenQueueShort = defineCheck({
  name: "listen-queue-short",
  hop: "listen-queue",
  title: "listen queues that are shorter than the kernel makes them",
  reads: ["inside"],
  find({ inside }, { rate }) {
    return inside.nodes.flatMap((node) => [
      ...short(`node ${node.name}`, numberIn(node, SOMAXCONN_KEY), rate, true),
      ...podsIn(node).flatMap((pod) => short(`pod ${nameOf(pod)}`, numberIn(pod, SOMAXCONN_KEY), rate, false)),
    ]);
  },
  lacks: ({ inside }) =>
    lacksOf(inside, (node) => [
      ...unset(node, SOMAXCONN_KEY),
      ...unreadPods(node, (pod) => numberIn(pod, SOMAXCONN_KEY) !== undefined),
    ]),
});

function short(subject: string, length: number | undefined, rate: number | null, isNode: boolean): Found[] {
  if (length === undefined || length >= SHORT) return [];
  const perSecond = rate ?? EXAMPLE_PER_SECOND;
  const [stall, usual] = [stallUntilOverflow(length, perSecond), stallUntilOverflow(SOMAXCONN, perSecond)];
  return [
    {
      severity: "warning",
      subject,
      value: `${SOMAXCONN_KEY} = ${count(length)}; the kernel's own is ${count(SOMAXCONN)}`,
      readFrom: `${SOMAXCONN_KEY}, in its network namespace`,
      consequence: `at ${count(perSecond)} connections/s to it a program that accepts nothing for ${stallWords(stall)} turns new ones away, instead of after ${stallWords(usual)}; each of them waits 1 s before it tries again`,
      remedy: isNode
        ? {
            tuning: "node-somaxconn-65535",
            words: "for programs of the node and pods in its network; all other pods begin with the kernel's own",
          }
        : { words: `leave ${SOMAXCONN_KEY} out of the pod's sysctls, or a kernel from 5.4 on` },
      proof: compares("node-somaxconn-65535"),
      ...(rate === null
        ? {}
        : {
            headroom: {
              left: Math.max(0, 1 - rate / queueTakes(length)),
              of: `places for connections that come while a program accepts nothing for ${stallWords(STALL_S)}`,
            },
          }),
    },
  ];
}

function stallWords(stallS: number): string {
  return stallS < 1 ? `${Math.round(stallS * 1000)} ms` : seconds(stallS);
}
