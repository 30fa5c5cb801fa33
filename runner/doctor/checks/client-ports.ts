import { portExhaustion, portsIn } from "../../analysis/capacity/connections.ts";
import { PORT_RANGE } from "../../analysis/capacity/defaults.ts";
import { defineCheck } from "../check.ts";
import { count, seconds, several } from "../numbers.ts";
import { compares } from "../proofs.ts";
import { isSystem, workloadName } from "../subjects.ts";

const SYSCTL = "net.ipv4.ip_local_port_range";

export const clientPorts = defineCheck({
  name: "client-ports",
  hop: "ports",
  title: "how many connections a second one pod makes to one Service",
  reads: ["workloads"],
  find({ workloads }, asked) {
    const [first, ...others] = workloads.filter(
      ({ pod, ...workload }) => !isSystem(workload) && !pod.hostNetwork && !pod.sysctls.includes(SYSCTL),
    );
    if (!first) return [];
    const one = portExhaustion(asked.rate ?? 1, { pods: 1, destinations: 1, portRange: PORT_RANGE });
    if (!one.applies) return [];
    const takes = asked.clients === undefined ? null : asked.clients * one.mostPerSecond;
    const room = takes === null || asked.rate === null ? null : Math.max(0, 1 - asked.rate / takes);
    const most = `one pod makes at most ${count(one.mostPerSecond)} short connections/s to one Service port, since each port rests 60 s in TIME_WAIT`;
    const consequence =
      asked.rate === null
        ? `${most}; above that connect() fails with EADDRNOTAVAIL`
        : one.seconds === null
          ? `${most}: ${count(asked.rate)}/s are less`
          : `${most}: ${count(asked.rate)}/s from one pod use its ports up after ${seconds(one.seconds)}, and take ${several(Math.ceil(asked.rate / one.mostPerSecond), "pod")}`;
    return [
      {
        severity: room === 0 ? "critical" : "info",
        subject:
          others.length === 0
            ? workloadName(first)
            : `pods of ${several(others.length + 1, "workload")}, e.g. ${workloadName(first)}`,
        value: `${count(portsIn(PORT_RANGE))} ports, the kernel's default in each pod`,
        readFrom: `no ${SYSCTL} in securityContext.sysctls`,
        consequence,
        remedy: {
          tuning: "pod-port-range",
          words: "connections that are kept; else the wide range, which is a safe sysctl in pods",
        },
        proof: compares("pod-port-range"),
        ...(room === null
          ? {}
          : {
              headroom: { left: room, of: `ports of ${several(asked.clients ?? 0, "client pod")} to one Service port` },
            }),
      },
    ];
  },
});
