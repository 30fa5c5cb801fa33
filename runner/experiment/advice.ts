import type { HopReport, Metric, OverallVerdict, TuningReport } from "../result/schema.ts";

/** What the operator should do now: short imperative sentences, the most important first. */
export function advise(
  verdict: OverallVerdict,
  metrics: readonly Metric[],
  tunings: readonly TuningReport[],
  hops: readonly HopReport[],
  quick: boolean,
): string[] {
  return [mainAdvice(verdict, metrics, quick), ...idle(tunings), ...tableOnly(tunings, hops)];
}

function mainAdvice(verdict: OverallVerdict, metrics: readonly Metric[], quick: boolean): string {
  switch (verdict) {
    case "improved":
      return quick
        ? "Adopt the settings that arrived; then run without --quick, at full size."
        : "Adopt the settings that arrived.";
    case "regressed":
      return "Do not adopt this arm.";
    case "equivalent": {
      const better = metrics.filter((each) => each.verdict === "improved").map(({ name }) => name);
      return better.length === 0
        ? "Leave these settings out: they changed nothing that matters here."
        : `Adopt these settings only for what improved beside the metrics that decide: ${better.join(", ")}.`;
    }
    case "inconclusive": {
      const rounds = Math.max(0, ...metrics.filter((each) => each.primary).map((each) => each.roundsNeeded ?? 0));
      return rounds > 0
        ? `Run again with ${rounds} more rounds (--rounds) before deciding anything.`
        : "Decide nothing on this run: more rounds alone would not settle it.";
    }
    case "invalid":
      return "Mend what voided the blocks (see the warnings) and run again: this run says nothing.";
  }
}

function idle(tunings: readonly TuningReport[]): string[] {
  const never = tunings.filter((each) => each.arrival === "never-arrived");
  const sysctls = never.filter(({ scope }) => scope === "kernel" || scope === "node");
  const settings = sysctls.map((each) => each.setting.split(" ")[0]).join(", ");
  return [
    ...(sysctls.length === 0
      ? []
      : [
          `Set as node sysctls, ${settings} never reached the pods: set them in the pod spec (securityContext.sysctls) or drop them.`,
        ]),
    ...never
      .filter((each) => !sysctls.includes(each))
      .map(({ setting, actsIn }) => `${setting} never arrived in ${actsIn}: do not count on it there.`),
  ];
}

function tableOnly(tunings: readonly TuningReport[], hops: readonly HopReport[]): string[] {
  const sizes = tunings.some(
    (each) => each.setting.startsWith("net.netfilter.nf_conntrack_max") && each.arrival === "arrived",
  );
  const timeouts = tunings.some((each) => each.setting.includes("timeout_time_wait") && each.arrival === "arrived");
  const dropped = hops.some((hop) => hop.name === "client-conntrack" && hop.drops > 0);
  return sizes && !timeouts && dropped
    ? [
        "A larger table only moves the cliff: also shorten nf_conntrack_tcp_timeout_time_wait, or keep connections alive.",
      ]
    : [];
}
