/** Patches that were written for a Deployment of our own, as they go to one of a user's. Pure. */
import { HANDLED, HANDLERS } from "./handlers.ts";
import { isMap, isNamedList, type JsonMap, keysOf } from "./tree.ts";

/** The container that patches of tunings are written for. */
const WRITTEN_CONTAINER = "web";

/** The patch, with the user's container in the place of the one that it was written for. */
export function forContainer(patch: JsonMap, container: string): JsonMap {
  return within(patch, ["spec", "template", "spec", "containers"], (list) =>
    isNamedList(list)
      ? list.map((each) => (each.name === WRITTEN_CONTAINER ? { ...each, name: container } : each))
      : list,
  );
}

/** Several patches as one, from left to right. */
export function joined(patches: readonly JsonMap[]): JsonMap {
  return patches.reduce<JsonMap>((sum, each) => mergedMaps(sum, each), {});
}

/** Lists in which each element has a name, and which the API takes as a whole all the same: without the user's they would be lost. */
const WHOLE_LISTS: readonly (readonly string[])[] = [
  ["spec", "template", "spec", "securityContext", "sysctls"],
  ["spec", "template", "spec", "dnsConfig", "options"],
];

/** How it goes to the API: by a forced server-side apply, which can take nothing away that is somebody else's; else by a merge. */
export interface UserPatch {
  readonly by: "apply" | "merge";
  readonly body: JsonMap;
}

/** @param deployment as it is */
export function userPatch(patch: JsonMap, deployment: JsonMap): UserPatch {
  const whole = WHOLE_LISTS.reduce(
    (sum, path) =>
      within(sum, path, (list) => {
        const there = at(deployment, path);
        return there === undefined ? list : merged(there, list);
      }),
    patch,
  );
  const body = withoutOtherHandlers(whole, deployment);
  return { by: takesAway(body) ? "merge" : "apply", body: isMap(body) ? body : whole };
}

/** Of a hook that the patch gives a handler, the user's other one goes: the API takes one only. */
function withoutOtherHandlers(patch: unknown, there: unknown, key = ""): unknown {
  if (isNamedList(patch)) {
    return patch.map((each) =>
      withoutOtherHandlers(each, isNamedList(there) ? there.find(({ name }) => name === each.name) : undefined),
    );
  }
  if (!isMap(patch) || !isMap(there)) return patch;
  const brings = HANDLED.includes(key) && HANDLERS.some((each) => isMap(patch[each]));
  const others = brings ? HANDLERS.filter((each) => each in there && !(each in patch)) : [];
  return {
    ...Object.fromEntries(
      Object.entries(patch).map(([inner, value]) => [inner, withoutOtherHandlers(value, there[inner], inner)]),
    ),
    ...Object.fromEntries(others.map((each) => [each, null])),
  };
}

/** A null, or a directive of strategic merge patches ($patch, $deleteFromPrimitiveList/…). */
function takesAway(patch: unknown): boolean {
  if (patch === null) return true;
  if (Array.isArray(patch)) return patch.some(takesAway);
  return isMap(patch) && Object.entries(patch).some(([key, value]) => key.startsWith("$") || takesAway(value));
}

function merged(a: unknown, b: unknown): unknown {
  if (isMap(a) && isMap(b)) return mergedMaps(a, b);
  if (!isNamedList(a) || !isNamedList(b)) return b;
  const others = b.filter(({ name }) => !a.some((each) => each.name === name));
  return [...a.map((each) => merged(each, b.find(({ name }) => name === each.name) ?? each)), ...others];
}

function mergedMaps(a: JsonMap, b: JsonMap): JsonMap {
  return Object.fromEntries(keysOf(a, b).map((key) => [key, key in b ? merged(a[key], b[key]) : a[key]]));
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);
}

/** The same with what is at the path changed, if it is there. */
function within(map: JsonMap, path: readonly string[], change: (value: unknown) => unknown): JsonMap {
  const [key, ...rest] = path;
  if (key === undefined || map[key] === undefined) return map;
  const inner = map[key];
  return { ...map, [key]: rest.length === 0 ? change(inner) : isMap(inner) ? within(inner, rest, change) : inner };
}
