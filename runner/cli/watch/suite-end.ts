import type { LiveEvent, LiveListener } from "../../analysis/live/events.ts";
import { reasonOf } from "../../errors.ts";

type Told = Omit<Extract<LiveEvent, { readonly kind: "suite-ended" }>, "kind" | "suite">;

/** Tells how a suite ended, well or not. */
export async function toldEnd<F>(
  suite: string,
  onLive: LiveListener,
  run: () => Promise<{ readonly ended: F; readonly told: Told }>,
): Promise<F> {
  try {
    const { ended, told } = await run();
    onLive({ kind: "suite-ended", suite, ...told });
    return ended;
  } catch (error) {
    onLive({ kind: "suite-failed", suite, because: reasonOf(error) });
    throw error;
  }
}
