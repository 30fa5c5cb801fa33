/** What a patch changed of an object, and how exactly that is put back into what the object is by then. Pure. */
import { HANDLERS } from "./handlers.ts";
import { pathText, type Step } from "./patch-fields.ts";
import { isMap, isNamedList, isSame, type JsonMap, keysOf, type Named } from "./tree.ts";

/** A part of an object that is not as it was. `before` or `after` absent: it was, or is, not there. */
export interface FieldChange {
  readonly path: readonly Step[];
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The least parts that tell all. What can only change together is one of them. */
export function changesBetween(before: unknown, after: unknown, path: readonly Step[] = []): FieldChange[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after) && !swapsHandlers(before, after))
    return keysOf(before, after).flatMap((key) => changesBetween(before[key], after[key], [...path, key]));
  if (isNamedList(before) && isNamedList(after) && onlyAddsTo(before, after))
    return after.flatMap((each) => changesBetween(called(before, each.name), each, [...path, { name: each.name }]));
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** A field that is no longer what we made of it. */
export interface LeftField {
  readonly field: string;
  readonly path: readonly Step[];
}

export interface PutBackFields<T> {
  readonly object: T;
  /** As they are: somebody else has changed them since. */
  readonly left: readonly LeftField[];
}

/** The object with each change taken back where it still stands. */
export function putBackFields(object: JsonMap, changes: readonly FieldChange[]): PutBackFields<JsonMap> {
  let now: unknown = object;
  const left: LeftField[] = [];
  for (const change of changes) {
    now = replaced(now, change.path, (value) => {
      const back = putBack(value, change, change.path);
      left.push(...back.left);
      return back.object;
    });
  }
  return { object: isMap(now) ? now : object, left };
}

function putBack(now: unknown, { before, after }: FieldChange, path: readonly Step[]): PutBackFields<unknown> {
  if (isSame(now, after)) return { object: before, left: [] };
  if (isSame(now, before)) return { object: now, left: [] };
  if (isMap(now) && isMap(after) && (before === undefined || isMap(before)) && !swapsHandlers(before ?? {}, after))
    return putBackMap(now, before, after, path);
  return { object: now, left: [{ field: pathText(path), path }] };
}

/** Somebody has put something else beside what we put there: that stays, and ours goes. */
function putBackMap(
  now: JsonMap,
  before: JsonMap | undefined,
  after: JsonMap,
  path: readonly Step[],
): PutBackFields<unknown> {
  const object: Record<string, unknown> = { ...now };
  const left: LeftField[] = [];
  for (const key of keysOf(before ?? {}, after)) {
    if (isSame(before?.[key], after[key])) continue;
    const back = putBack(now[key], { path, before: before?.[key], after: after[key] }, [...path, key]);
    left.push(...back.left);
    if (back.object === undefined) delete object[key];
    else object[key] = back.object;
  }
  const isEmpty = before === undefined && Object.keys(object).length === 0;
  return { object: isEmpty ? undefined : object, left };
}

/** Undefined from `change`: it is to be gone. Where there is nothing around it there is nothing to change. */
function replaced(value: unknown, path: readonly Step[], change: (value: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (typeof step === "string") {
    if (!isMap(value)) return ofNothing(value, change);
    const inner = replaced(value[step], rest, change);
    const { [step]: _, ...others } = value;
    return inner === undefined ? others : { ...value, [step]: inner };
  }
  if (value !== undefined && !Array.isArray(value)) return ofNothing(value, change);
  const list = Array.isArray(value) ? value : [];
  const at = list.findIndex((each) => isMap(each) && each.name === step.name);
  const inner = replaced(at < 0 ? undefined : list[at], rest, change);
  if (at < 0) return value;
  return inner === undefined ? list.toSpliced(at, 1) : list.toSpliced(at, 1, inner);
}

/** Tells whoever changes it that it is gone with what was around it. */
function ofNothing(value: unknown, change: (value: unknown) => unknown): unknown {
  change(undefined);
  return value;
}

function swapsHandlers(before: JsonMap, after: JsonMap): boolean {
  return HANDLERS.some((key) => key in before !== key in after);
}

function onlyAddsTo(before: readonly Named[], after: readonly Named[]): boolean {
  const names = after.map(({ name }) => name);
  const kept = names.filter((name) => called(before, name) !== undefined);
  return (
    new Set(names).size === names.length &&
    isSame(
      kept,
      before.map(({ name }) => name),
    )
  );
}

function called(list: readonly Named[], name: string): Named | undefined {
  return list.find((each) => each.name === name);
}

/** One operation of a JSON patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

/** What makes one object of another. */
export function patchBetween(from: unknown, to: unknown, pointer = ""): PatchOperation[] {
  if (isSame(from, to)) return [];
  if (isMap(from) && isMap(to))
    return keysOf(from, to).flatMap((key): PatchOperation[] => {
      const path = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (to[key] === undefined) return [{ op: "remove", path }];
      if (from[key] === undefined) return [{ op: "add", path, value: to[key] }];
      return patchBetween(from[key], to[key], path);
    });
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length)
    return from.flatMap((each: unknown, index) => patchBetween(each, to[index], `${pointer}/${index}`));
  return [{ op: "replace", path: pointer, value: to }];
}
