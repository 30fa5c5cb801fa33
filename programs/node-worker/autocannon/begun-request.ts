import type { ResponseHead } from "autocannon/lib/httpClient.js";
import type { Pending } from "../deadlines.ts";
import type { Stage } from "../outcome.ts";

/** One request of a closed loop. Instants are ms from the load's start. */
export class BegunRequest implements Pending {
  readonly beganMs: number;
  readonly deadlineMs: number;
  readonly expire: () => void;
  stage: Stage;
  /** When it could be written: from its begin on, or from when its new connection stood. */
  writableMs: number;
  firstByteMs: number | undefined;
  head: ResponseHead | undefined;

  constructor(beganMs: number, timeoutMs: number, stage: Stage, expire: () => void) {
    this.beganMs = beganMs;
    this.writableMs = beganMs;
    this.deadlineMs = beganMs + timeoutMs;
    this.stage = stage;
    this.expire = expire;
  }
}

/** A body without a length ends with the connection (RFC 9112, 6.3), which autocannon's client does not know of. */
export function endsWithConnection(head: ResponseHead | undefined): head is ResponseHead {
  if (head === undefined) return false;
  const names = head.headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return !names.includes("content-length") && !names.includes("transfer-encoding");
}
