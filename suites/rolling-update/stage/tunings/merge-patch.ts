import { isMap, isNamedList } from "../../../../runner/tunings/workload/tree.ts";

/**
 * Pure: an object as a strategic merge patch leaves it, for asking about what is not there yet. Elements of lists go by their
 * names; the API, which knows each list's own key, has the last word when it is applied.
 */
export function mergePatch<T extends object>(object: T, patch: object): T {
  const merged = merge(object, patch);
  return isMap(merged) ? { ...object, ...merged } : object;
}

function merge(value: unknown, patch: unknown): unknown {
  if (isNamedList(value) && isNamedList(patch)) {
    const names = [...new Set([...value, ...patch].map(({ name }) => name))];
    return names.map((name) => {
      const [old, change] = [value, patch].map((list) => list.find((each) => each.name === name));
      return old && change ? merge(old, change) : (change ?? old);
    });
  }
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = isMap(value) ? { ...value } : {};
  for (const [key, change] of Object.entries(patch)) {
    // Directives, such as $patch and $retainKeys, are the API's own matter.
    if (key.startsWith("$")) continue;
    if (change === null) delete merged[key];
    else merged[key] = merge(merged[key], change);
  }
  return merged;
}
