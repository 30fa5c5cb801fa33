import type { FailureCause } from "../../../runner/result/outcomes.ts";
import { ofSocketError } from "../outcome.ts";

/**
 * Judges why undici gave up on a request that was sent.
 * @param socketErrorCode the system's own error on that connection, if there was one: it says more than undici's
 */
export function ofTransferError(error: NodeJS.ErrnoException, socketErrorCode: string | undefined): FailureCause {
  if (socketErrorCode !== undefined) return ofSocketError(socketErrorCode);
  switch (error.code) {
    case "UND_ERR_SOCKET": // the end of the stream, or a response that may not be
      return /^bad /.test(error.message) ? "protocol-error" : "truncated";
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH": // the end of the stream in a body of known length
    case "HPE_INVALID_EOF_STATE": // the same in a head or between chunks
      return "truncated";
    default:
      return "protocol-error";
  }
}
