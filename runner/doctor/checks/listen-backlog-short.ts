import { queueTakes, STALL_S, stallUntilOverflow } from "../../analysis/capacity/queue.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { lacksOf, unread } from "../inside/lacks.ts";
import { servedQueues } from "../inside/queues.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";

/** Programs ask for 128 (many), 511 (nginx, Node.js) or as many as they get (Go). */
const SHORT = 64;
/** Where no rate is known. */
const EXAMPLE_PER_SECOND = 1000;

export const listenBacklogShort = defineCheck({
  name: "listen-backlog-short",
  hop: "listen-queue",
  title: "a program behind a Service that asked for a short listen queue",
  reads: ["inside", "pods", "services", "workloads"],
  uses: ["endpoints"],
  find({ inside, ...around }, { rate }, { endpoints }) {
    return servedQueues(inside, { ...around, endpoints }).flatMap(({ pod, port, most, endpoints: shared }): Found[] => {
      if (most >= SHORT) return [];
      const takes = shared * queueTakes(most);
      const perSecond = rate ?? EXAMPLE_PER_SECOND;
      const stallMs = 1000 * stallUntilOverflow(most + 1, perSecond / shared);
      return [
        {
          severity: rate !== null && rate > takes ? "critical" : "warning",
          subject: `pod ${pod}`,
          value: `port ${port} has a listen queue of ${count(most)}`,
          readFrom: "its listening socket, by the kernel's inet_diag",
          consequence: `at ${count(perSecond)} connections/s to its Service a program that accepts nothing for ${count(stallMs)} ms turns new ones away, and one that is held back by a CPU limit does so for ${STALL_S * 1000} ms; each of them waits 1 s before it tries again`,
          remedy: { words: "a longer backlog in the program itself (511 or more), or more replicas" },
          proof: compares("node-somaxconn-65535"),
          ...(rate === null
            ? {}
            : { headroom: { left: Math.max(0, 1 - rate / takes), of: "places of its listen queue" } }),
        },
      ];
    });
  },
  lacks: ({ inside }) => lacksOf(inside, ({ name, queues }) => unread(name, "listen queues", queues)),
});
