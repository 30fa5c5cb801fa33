import { apiReason } from "../../cluster/cluster.ts";
import type { Seen } from "../seen.ts";

export async function orWhy<T>(reading: Promise<T>): Promise<Seen<T>> {
  try {
    return { seen: await reading };
  } catch (error) {
    return { unseen: apiReason(error) };
  }
}
