/** What a strategic merge patch of a Deployment sets, field by field, and whether an object has it. Pure. */

import { isMap, isNamedList } from "./tree.ts";

/** A key of a map, or the element of a list that has this name. */
export type Step = string | { readonly name: string };

export interface PatchField {
  /** In the pod, as it is made from the template, or in the Deployment itself; the path begins there. */
  readonly in: "pod" | "deployment";
  readonly path: readonly Step[];
  /** As text; what is neither text nor a number is JSON. */
  readonly wanted: string;
  /** The patch has null there: it is to be gone. */
  readonly removes: boolean;
}

/** Every value that the patch sets. Elements of lists of objects go by their names, which is how the API merges them. */
export function patchFields(patch: object): PatchField[] {
  return leaves(patch, []).map(({ path, value }) => {
    const isOfPod = path[0] === "spec" && path[1] === "template";
    return {
      in: isOfPod ? "pod" : "deployment",
      path: isOfPod ? path.slice(2) : path,
      wanted: asText(value),
      removes: value === null,
    };
  });
}

/** The value at a path as text; null where there is none. */
export function fieldOf(object: unknown, path: readonly Step[]): string | null {
  const value = valueAt(object, path);
  return value === undefined || value === null ? null : asText(value);
}

/** Undefined where there is none. */
export function valueAt(object: unknown, path: readonly Step[]): unknown {
  return path.reduce<unknown>(at, object);
}

/** e.g. "spec.containers[web].lifecycle.preStop.sleep.seconds". */
export function pathText(path: readonly Step[]): string {
  return path
    .map((step, index) => (typeof step === "string" ? `${index > 0 ? "." : ""}${step}` : `[${step.name}]`))
    .join("");
}

interface Leaf {
  readonly path: readonly Step[];
  readonly value: unknown;
}

function leaves(value: unknown, path: readonly Step[]): Leaf[] {
  if (isNamedList(value)) {
    return value.flatMap(({ name, ...rest }) => {
      // What is no more than a name, as some options of a pod's dnsConfig, is set by being there.
      if (Object.keys(rest).length === 0) return [{ path: [...path, { name }, "name"], value: name }];
      return leaves(rest, [...path, { name }]);
    });
  }
  if (!isMap(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function at(value: unknown, step: Step): unknown {
  if (typeof step === "string") return isMap(value) ? value[step] : undefined;
  return isNamedList(value) ? value.find((each) => each.name === step.name) : undefined;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
