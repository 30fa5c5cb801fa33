import { SysctlRefused } from "../cluster/refused-pods.ts";
import type { Write } from "../tunings/apply.ts";
import { isPodSysctl, type PodSysctl } from "../tunings/sysctl.ts";
import type { Tuning } from "../tunings/tuning.ts";

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Knows which of the pods' sysctls a kubelet of this cluster refuses: that does not change while a run lasts. */
export interface PodSysctls {
  /**
   * Makes pods with an arm's sysctls; if a kubelet refuses one, without it, as whoever set it would be left with.
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
            refusals.set(name, { tuning: name, node: error.node, error: error.says });
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

/** Those that the kubelet names; all where it names none of them. */
function refusedOf(tunings: readonly PodSysctl[], { says }: SysctlRefused): readonly PodSysctl[] {
  const named = tunings.filter(({ key }) => says.includes(`"${key}"`));
  return named.length > 0 ? named : tunings;
}
