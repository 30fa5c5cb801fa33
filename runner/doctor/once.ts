/**
 * What several checks work out of the same two parts of a state is worked out once: it is kept for as long as those parts
 * are, which nothing changes once they are read.
 */
export function oncePerPair<A extends object, B extends object, T>(work: (a: A, b: B) => T): (a: A, b: B) => T {
  const known = new WeakMap<A, WeakMap<B, { readonly result: T }>>();
  return (a, b) => {
    const ofA = known.get(a) ?? new WeakMap<B, { readonly result: T }>();
    const found = ofA.get(b) ?? { result: work(a, b) };
    known.set(a, ofA);
    ofA.set(b, found);
    return found.result;
  };
}
