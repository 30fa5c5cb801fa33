import type { KnownPod } from "../../cluster/known-pods.ts";
import type { NodesWriter, NodeTrace } from "../../probes/sampler.ts";
import type { SettingWriter } from "../../result/reasons.ts";

/** A sysctl that is not what it was when sampling began. */
export interface SettingChange {
  readonly node: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** Absent: not seen. */
  readonly by?: SettingWriter;
}

/** By the uids that nodes know them by. */
export type KnownPods = ReadonlyMap<string, KnownPod>;

/** Those that could be read and had another value later on; each change once. */
export function settingChanges({ node, ticks }: Pick<NodeTrace, "node" | "ticks">, pods: KnownPods): SettingChange[] {
  const last = new Map<string, string>();
  return ticks.flatMap(({ settings = [] }) =>
    settings.flatMap(({ in: place, key, value, by }) => {
      if (value === null) return [];
      const to = value.trim().replace(/\s+/g, " ");
      const from = last.get(`${place} ${key}`);
      last.set(`${place} ${key}`, to);
      if (from === undefined || from === to) return [];
      return [{ node, key, from, to, ...(by === undefined ? {} : { by: named(by, pods) }) }];
    }),
  );
}

/** Of pods whose processes set something, the uids. */
export function writersUids({ ticks }: Pick<NodeTrace, "ticks">): string[] {
  const all = ticks.flatMap(({ settings = [] }) =>
    settings.flatMap(({ by }) => (by?.of?.kind === "pod" ? [by.of.uid] : [])),
  );
  return [...new Set(all)];
}

function named({ of, ...process }: NodesWriter, pods: KnownPods): SettingWriter {
  return of === undefined ? process : { ...process, of: origin(of, pods) };
}

function origin(of: NonNullable<NodesWriter["of"]>, pods: KnownPods): NonNullable<SettingWriter["of"]> {
  switch (of.kind) {
    case "pod": {
      const pod = pods.get(of.uid);
      if (pod === undefined) return { kind: "unknown-pod", uid: of.uid };
      const container = of.container === undefined ? undefined : pod.containers.get(of.container);
      return {
        ...{ kind: "pod", namespace: pod.namespace, name: pod.name },
        ...(container === undefined ? {} : { container }),
      };
    }
    case "unit":
      return { kind: "unit", name: of.unit };
    default:
      return of;
  }
}
