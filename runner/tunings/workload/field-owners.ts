/** Who owns which fields of an object (`metadata.managedFields`): what a forced apply took from others, and gives back. Pure. */
import { z } from "zod";
import type { Step } from "./patch-fields.ts";
import { isMap, isSame, type JsonMap } from "./tree.ts";

export const FieldOwner = z.looseObject({
  manager: z.string().exactOptional(),
  operation: z.string().exactOptional(),
  apiVersion: z.string().exactOptional(),
  subresource: z.string().exactOptional(),
  /** A set of fields, as FieldsV1 writes it: a key a step, "." for the field itself where it has others in it. */
  fieldsV1: z.record(z.string(), z.unknown()).default({}),
});
/** All else of it (time, …) goes with it as it is. */
export type FieldOwner = z.infer<typeof FieldOwner>;

/** Others' fields that they had before, and have no more. */
export function takenFrom(before: readonly FieldOwner[], after: readonly FieldOwner[], own: string): FieldOwner[] {
  return before.flatMap((owner) => {
    if (owner.manager === own) return [];
    const kept = new Set(fieldsOf(after.find((each) => isEntryOf(each, owner))?.fieldsV1 ?? {}).map(keyOf));
    const lost = fieldsOf(owner.fieldsV1).filter((field) => !kept.has(keyOf(field)));
    return lost.length === 0 ? [] : [{ ...owner, fieldsV1: treeOf(lost) }];
  });
}

/**
 * The owners of now without us, and with what we took from them.
 * @param left fields that somebody else has changed since: they are that one's
 */
export function givenBack(
  now: readonly FieldOwner[],
  taken: readonly FieldOwner[],
  own: string,
  left: readonly (readonly Step[])[],
): FieldOwner[] {
  const keysLeft = left.map((path) => path.map(stepKey));
  const returned = taken.map((owner) => ({
    ...owner,
    fieldsV1: treeOf(fieldsOf(owner.fieldsV1).filter((field) => !keysLeft.some((path) => isWithin(field, path)))),
  }));
  const others = now.filter(({ manager }) => manager !== own);
  const there = others.map((owner) => {
    const back = returned.find((each) => isEntryOf(each, owner));
    if (!back) return owner;
    return { ...owner, fieldsV1: treeOf([...fieldsOf(owner.fieldsV1), ...fieldsOf(back.fieldsV1)]) };
  });
  const gone = returned.filter(
    (owner) => Object.keys(owner.fieldsV1).length > 0 && !others.some((each) => isEntryOf(each, owner)),
  );
  return [...there, ...gone];
}

/** In whatever order their fields are written. */
export function areSameOwners(a: readonly FieldOwner[], b: readonly FieldOwner[]): boolean {
  const plain = (owners: readonly FieldOwner[]) =>
    owners.map((owner) => ({ ...owner, fieldsV1: fieldsOf(owner.fieldsV1).map(keyOf).sort() }));
  return isSame(plain(a), plain(b));
}

/** One line for each manager and way: an apply and an update of one name are two. */
function isEntryOf(a: FieldOwner, b: FieldOwner): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    a.subresource === b.subresource
  );
}

type Field = readonly string[];

const ITSELF = ".";

function fieldsOf(tree: JsonMap, path: Field = []): Field[] {
  return Object.entries(tree).flatMap(([key, inner]) => {
    if (key === ITSELF) return [path];
    const field = [...path, key];
    return isMap(inner) && Object.keys(inner).length > 0 ? fieldsOf(inner, field) : [field];
  });
}

interface Tree {
  [key: string]: Tree;
}

function treeOf(fields: readonly Field[]): Tree {
  const isMember = new Set(fields.map(keyOf));
  const root: Tree = {};
  for (const field of fields) {
    let at = root;
    field.forEach((key, depth) => {
      const inner = at[key] ?? {};
      at[key] = inner;
      // A field that is owned itself, and has others in it that are.
      if (depth < field.length - 1 && isMember.has(keyOf(field.slice(0, depth + 1)))) inner[ITSELF] = {};
      at = inner;
    });
  }
  return root;
}

function keyOf(field: Field): string {
  return JSON.stringify(field);
}

function stepKey(step: Step): string {
  return typeof step === "string" ? `f:${step}` : `k:${JSON.stringify({ name: step.name })}`;
}

function isWithin(field: Field, path: Field): boolean {
  return path.every((key, index) => field[index] === key);
}
