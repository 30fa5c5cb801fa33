import { z } from "zod";
import { COMMON_FIELDS, readBack, undo } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import type { Setting } from "../../../runner/tunings/tuning.ts";
import { HANDLED, HANDLERS } from "../../../runner/tunings/workload/handlers.ts";
import { type PatchField, patchFields, pathText, type Step } from "../../../runner/tunings/workload/patch-fields.ts";
import { isMap } from "../../../runner/tunings/workload/tree.ts";
import type { YamlFile } from "../../../runner/yaml-file.ts";
import { IN_ROLLOUTS, IN_WEB_PODS, type WorkloadPatch } from "../tunings.ts";

const PATCH = "patch.yaml";
const ACTS_IN = { "web-pods": IN_WEB_PODS, rollouts: IN_ROLLOUTS } as const;

const schema = z.strictObject({
  kind: z.literal("workload-patch"),
  ...COMMON_FIELDS,
  scope: z
    .enum(["pod-spec", "component"])
    .describe("where it is set: pod-spec, in the Deployment's pod template; component, in the Deployment around it"),
  actsIn: z.enum(["web-pods", "rollouts"]).describe("where it has to be: in the pods, or in how the Deployment rolls"),
  patch: z
    .literal(PATCH)
    .default(PATCH)
    .describe("the file beside this one: a strategic merge patch of a Deployment whose container is called web"),
  setting: z
    .string({ error: "is not text" })
    .trim()
    .min(1, { error: "is empty" })
    .optional()
    .describe("as one would type it, where the patch's fields and values are too long for a table"),
  readBack: readBack("each field of the patch, in live pods or in the Deployment"),
  undo: undo("it goes with the Deployment, which is made anew for every block"),
});

export const workloadPatchKind = tuningKind({
  name: "workload-patch",
  schema,
  make: ({ scope, actsIn, setting, note, patch: file }, { name, beside, fault }): WorkloadPatch => {
    const patch = beside(file);
    const { value } = patch;
    if (!isMap(value)) throw patch.fault([], "is not a patch of a Deployment; begin with spec:");
    for (const path of OF_THE_STAGE)
      if (isThere(value, path)) throw patch.fault(path, "is the stage's own to set; take it out");
    const fields = patchFields(value);
    if (fields.length === 0) throw patch.fault([], "sets nothing; write at least one field");
    const wanted = scope === "pod-spec" ? "pod" : "deployment";
    const stray = fields.find((field) => field.in !== wanted);
    if (stray) throw strayFault(patch, stray, scope);
    if ((actsIn === "web-pods") !== (scope === "pod-spec"))
      throw fault(
        ["actsIn"],
        `does not go with scope ${scope}; write ${scope === "pod-spec" ? "web-pods" : "rollouts"}`,
      );
    const given = { name, patch: value, scope, actsIn: ACTS_IN[actsIn], note };
    return workloadPatch({ ...given, setting: setting ?? fields.map(inWords).join(", ") });
  },
  asks: async ({ patch }) => (await import("../stage/tunings/asks.ts")).patchedAsks(patch),
});

/** How many pods there are, and which they are, is what a block is about. */
const OF_THE_STAGE = [
  ["spec", "replicas"],
  ["spec", "selector"],
] as const;

export function workloadPatch(
  given: Pick<WorkloadPatch, "name" | "patch" | "setting" | "scope" | "actsIn" | "note">,
): WorkloadPatch {
  const fields = patchFields(given.patch);
  const ofNode = fields.filter(({ path }) =>
    path.some((step) => typeof step === "string" && OF_THE_NODE.includes(step)),
  );
  return {
    ...given,
    kind: "workload-patch",
    sets: fields.flatMap(settingsOf),
    ...(ofNode.length === 0
      ? {}
      : { nodeChange: `lets the web pods at their nodes (${ofNode.map(({ path }) => pathText(path)).join(", ")})` }),
  };
}

/** With these a pod reaches what is not its own: that is for the cluster's owner to allow. */
const OF_THE_NODE = ["hostNetwork", "hostPID", "hostIPC", "hostPath", "hostPort", "privileged", "capabilities"];

function settingsOf({ in: of, path, wanted }: PatchField): Setting[] {
  const whose = of === "pod" ? "the web pods" : "the Deployment web";
  const handler = handlerOf(path);
  return [
    { what: `${pathText(path)} of ${whose}`, value: wanted },
    ...(handler === undefined ? [] : [{ what: `what ${handler.of} of ${whose} does`, value: handler.kind }]),
  ];
}

function handlerOf(path: readonly Step[]): { readonly of: string; readonly kind: string } | undefined {
  const at = path.findIndex((step) => typeof step === "string" && HANDLED.includes(step));
  const kind = path[at + 1];
  if (at < 0 || typeof kind !== "string" || !HANDLERS.includes(kind)) return undefined;
  return { of: pathText(path.slice(0, at + 1)), kind };
}

function strayFault(patch: YamlFile, { in: of, path }: PatchField, scope: WorkloadPatch["scope"]): Error {
  const whole = [...(of === "pod" ? ["spec", "template"] : []), ...path];
  // As far as it goes by keys: elements of lists have their names.
  const named = whole.findIndex((step) => typeof step !== "string");
  const keys = whole.slice(0, named < 0 ? whole.length : named).filter((step) => typeof step === "string");
  const is =
    of === "pod"
      ? "of the pod template, and the scope is component"
      : "not of the pod template, and the scope is pod-spec";
  const write = scope === "pod-spec" ? "component" : "pod-spec";
  return patch.fault(keys, `is ${is}; write scope: ${write}, or make two tunings of it`);
}

function inWords({ path, wanted }: PatchField): string {
  return `${pathText(path)} = ${wanted}`;
}

function isThere(value: unknown, path: readonly string[]): boolean {
  let found = value;
  for (const step of path) found = isMap(found) ? found[step] : undefined;
  return found !== undefined;
}
