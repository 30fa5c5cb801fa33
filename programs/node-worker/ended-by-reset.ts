import type { Socket } from "node:net";

/**
 * Whether a stream that has ended was reset. libuv tells a reset that arrives together with data as an orderly end
 * (src/unix/stream.c, uv__stream_io, at POLLHUP), so that half a response could pass for a whole one. The kernel knows no
 * peer of a connection that was reset (getpeername(2): ENOTCONN), but that of one that was closed with FIN.
 * To be asked at the end of the stream, and not before: Node keeps the first answer.
 */
export function endedByReset(socket: Socket): boolean {
  return socket.remoteAddress === undefined;
}

/** What the kernel would have said. */
export function resetError(): NodeJS.ErrnoException {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read", errno: -104 });
}
