import { portsIn, TIME_WAIT_S } from "../../analysis/capacity/connections.ts";
import { PORT_RANGE } from "../../analysis/capacity/defaults.ts";
import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { count } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { workloadName } from "../subjects.ts";

/** What it is set for, and what it does instead; with the tuning that shows it (docs/physics.md, rows 2 and 4). */
const PLACEBOS: Readonly<Record<string, { readonly does: string; readonly instead: string; readonly tuning: string }>> =
  {
    "net.ipv4.tcp_fin_timeout": {
      does: `it bounds FIN_WAIT_2 of orphaned sockets only: TIME_WAIT stays ${TIME_WAIT_S} s, so a pod with the kernel's ${count(portsIn(PORT_RANGE))} ports still makes at most ${count(portsIn(PORT_RANGE) / TIME_WAIT_S)} short connections/s to one Service port`,
      instead: "a wider port range (pod-port-range), or connections that are kept",
      tuning: "pod-fin-timeout-15",
    },
    "net.ipv4.tcp_fastopen": {
      does: "no connection uses it unless client and server ask for it in their code: every handshake still takes its round trip",
      instead: "connections that are kept",
      tuning: "pod-fastopen-3",
    },
  };

export const sysctlPlacebo = defineCheck({
  name: "sysctl-placebo",
  hop: "client-pod",
  title: "pods with a sysctl that does not do what it is set for",
  reads: ["workloads"],
  find({ workloads }) {
    return workloads.flatMap((workload) =>
      workload.pod.sysctls.flatMap((written): Found[] => {
        const name = written.replaceAll("/", ".");
        const placebo = PLACEBOS[name];
        if (placebo === undefined) return [];
        return [
          {
            severity: "info",
            subject: workloadName(workload),
            value: name,
            readFrom: `${workloadName(workload)}, securityContext.sysctls`,
            consequence: placebo.does,
            remedy: { words: placebo.instead },
            proof: compares(placebo.tuning),
          },
        ];
      }),
    );
  },
});
