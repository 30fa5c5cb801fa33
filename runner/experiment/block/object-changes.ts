/** What became of fields of objects on which an arm rests, and who changed them. Pure. */
import type { FieldOwner } from "../../tunings/workload/field-owners.ts";
import { fieldOf, pathText, type Step } from "../../tunings/workload/patch-fields.ts";
import { isMap } from "../../tunings/workload/tree.ts";

/** Fields of one object that nobody but us should change during a block. */
export interface WatchedObject {
  readonly kind: "Deployment" | "ConfigMap";
  readonly namespace: string;
  readonly name: string;
  readonly paths: readonly (readonly Step[])[];
}

/** Who changed a field, as the API server remembers it. */
export interface FieldWriter {
  /** e.g. "kubectl-edit" or "argocd-controller". */
  readonly manager: string;
  readonly at: string | null;
}

export interface ObjectChange {
  /** e.g. "ConfigMap shop/dns". */
  readonly object: string;
  readonly field: string;
  /** Null: it was not there. */
  readonly from: string | null;
  readonly to: string | null;
  /** Absent: nobody owns it now. */
  readonly by?: FieldWriter;
}

/** An object as the API has it; undefined: there is none. */
export type Read = { readonly metadata?: { readonly managedFields?: readonly Owner[] } } | undefined;

interface Owner {
  readonly manager?: string | undefined;
  readonly time?: Date | string | undefined;
  readonly fieldsV1?: FieldOwner["fieldsV1"] | undefined;
}

/** Each field that is not what it was. */
export function objectChanges(watched: WatchedObject, before: Read, now: Read): ObjectChange[] {
  return watched.paths.flatMap((path): ObjectChange[] => {
    const [from, to] = [fieldOf(before, path), fieldOf(now, path)];
    if (from === to) return [];
    const by = writerOf(now?.metadata?.managedFields ?? [], path);
    return [
      {
        object: `${watched.kind} ${watched.namespace}/${watched.name}`,
        field: pathText(path),
        ...differing(from, to),
        ...(by === undefined ? {} : { by }),
      },
    ];
  });
}

/** The last of those who own it. */
export function writerOf(owners: readonly Owner[], path: readonly Step[]): FieldWriter | undefined {
  const [last] = owners
    .filter(({ fieldsV1 = {} }) => owns(fieldsV1, path))
    .map(({ manager = "somebody without a name", time }) => ({
      manager,
      at: time ? new Date(time).toISOString() : null,
    }))
    .sort((a, b) => (b.at ?? "").localeCompare(a.at ?? ""));
  return last;
}

/** Whether the field is in the set itself, or what it is part of, or something in it. */
function owns(tree: unknown, [step, ...rest]: readonly Step[]): boolean {
  if (step === undefined) return true;
  if (!isMap(tree)) return false;
  const inner = tree[typeof step === "string" ? `f:${step}` : `k:${JSON.stringify({ name: step.name })}`];
  if (inner === undefined) return false;
  // A leaf of the set, of which the rest is part.
  return isMap(inner) && Object.keys(inner).length === 0 ? true : owns(inner, rest);
}

const MOST_CHARACTERS = 200;

/** Of texts of many lines, the lines that the other has not. */
function differing(from: string | null, to: string | null): { from: string | null; to: string | null } {
  const has = (text: string | null) => new Set((text ?? "").split("\n").map((line) => line.trim()));
  const only = (text: string | null, other: string | null) => {
    if (text === null || !text.includes("\n")) return text;
    const others = has(other);
    return [...has(text)].filter((line) => !others.has(line)).join("; ");
  };
  const short = (text: string | null) =>
    text !== null && text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return { from: short(only(from, to)), to: short(only(to, from)) };
}
