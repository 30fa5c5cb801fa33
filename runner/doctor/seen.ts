/** What was read, or why it was not: what is missing is never zero. */
export type Seen<T> = { readonly seen: T } | { readonly unseen: string };
