/**
 * Like Promise.all, but nothing is left running when it throws: it waits for every promise, then throws the first
 * failure. What is torn down afterwards is not built up again by a straggler.
 */
export async function settleAll<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  let first: { reason: unknown } | undefined;
  await Promise.all(
    promises.map((promise) =>
      Promise.resolve(promise).catch((reason: unknown) => {
        first ??= { reason };
      }),
    ),
  );
  if (first) throw first.reason;
  return Promise.all(promises) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}
