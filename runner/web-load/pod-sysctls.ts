import { SysctlRefused } from "../cluster/refused-pods.ts";
import type { Write } from "../tunings/apply.ts";
import { isPodSysctl, type PodSysctl } from "../tunings/sysctl.ts";
import type { Tuning } from "../tunings/tuning.ts";

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Knows which of the pods' sysctls this cluster refuses, be it a kubelet or a policy: that does not change while a run lasts. */
export interface PodSysctls {
  /**
   * Makes pods with an arm's sysctls; if one is refused, without it, as whoever set it would be left with.
   * @param make is called again, with another attempt's number, for each that is refused
   */
  pods<T>(
    tunings: readonly Tuning[],
    make: (sysctls: readonly NamedValue[], attempt: number) => Promise<T>,
  ): Promise<T>;
  /** Of an arm's sysctls, those that were refused, by whom, in their words. */
  refused(tunings: readonly Tuning[]): Write[];
}

export function podSysctls(): PodSysctls {
  const refusals = new Map<string, Write>();
  return {
    async pods(tunings, make) {
      for (let attempt = 0; ; attempt++) {
        const wanted = tunings.filter(isPodSysctl).filter(({ name }) => !refusals.has(name));
        try {
          return await make(oncePerKey(wanted), attempt);
        } catch (error) {
          if (!(error instanceof SysctlRefused) || wanted.length === 0) throw error;
          for (const { name } of refusedOf(wanted, error))
            refusals.set(name, { tuning: name, node: error.where, error: error.says });
        }
      }
    },
    refused: (tunings) => tunings.flatMap(({ name }) => refusals.get(name) ?? []),
  };
}

/** A pod's spec has each key once; two tunings may set it, to one value. */
function oncePerKey(tunings: readonly PodSysctl[]): NamedValue[] {
  return [...new Map(tunings.map(({ key, value }) => [key, { name: key, value }])).values()];
}

/** Those that whoever refuses names; all where none of them is named. */
function refusedOf(tunings: readonly PodSysctl[], { says }: SysctlRefused): readonly PodSysctl[] {
  const words = says.split(/[^\w.-]+/);
  const named = tunings.filter(({ key }) => words.includes(key));
  return named.length > 0 ? named : tunings;
}
