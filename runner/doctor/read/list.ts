import { ApiException } from "@kubernetes/client-node";

/** As kubectl asks: an answer of everything at once would fill the API server's memory. */
const PER_PAGE = 500;

export interface Page<T> {
  readonly metadata?: { readonly _continue?: string };
  readonly items: readonly T[];
}

export type AskPage<T> = (range: { limit?: number; _continue?: string }) => Promise<Page<T>>;

/** All objects of a kind, page by page. */
export async function listAll<T>(ask: AskPage<T>): Promise<readonly T[]> {
  const items: T[] = [];
  let next: string | undefined;
  do {
    try {
      const page: Page<T> = await ask({ limit: PER_PAGE, ...(next ? { _continue: next } : {}) });
      items.push(...page.items);
      next = page.metadata?._continue;
    } catch (error) {
      // The list changed for so long that its snapshot is gone.
      if (next === undefined || !(error instanceof ApiException) || error.code !== 410) throw error;
      return (await ask({})).items;
    }
  } while (next);
  return items;
}
