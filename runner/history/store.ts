/** Where results are kept from night to night. */
import type { Night } from "../result/night.ts";

/** A whole result, and what of it is followed. */
export interface Entry {
  /** The same for the same document, however often it comes. */
  readonly id: string;
  readonly night: Night;
  readonly document: unknown;
}

export interface Store {
  /** In an error, and in a report. */
  readonly name: string;
  /**
   * Keeps all of them, or none; those that are there already stay as they are.
   * @returns how many are new
   * @throws StoreError
   */
  add(entries: readonly Entry[]): Promise<number>;
  /**
   * From the oldest on.
   * @throws StoreError
   */
  nights(): Promise<Night[]>;
  /**
   * The same, with the identity by which each is found again.
   * @throws StoreError
   */
  stored(): Promise<Omit<Entry, "document">[]>;
  /**
   * A result as it came.
   * @throws StoreError
   */
  document(id: string): Promise<unknown>;
  /**
   * Forgets results that began before that.
   * @returns how many
   * @throws StoreError
   */
  prune(before: Date): Promise<number>;
  close(): Promise<void>;
}

/** One sentence: which store, what is wrong, what to do. */
export class StoreError extends Error {
  override name = "StoreError";
}
