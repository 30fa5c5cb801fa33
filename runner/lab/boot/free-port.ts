import { createServer } from "node:net";
import { LabError } from "../types.ts";

/**
 * A loopback port that nobody listens on: the one asked for, or any.
 * @throws LabError if the one asked for is taken.
 */
export function freePort(wanted?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new LabError(`port ${wanted} on 127.0.0.1 is in use: choose another with --api-port, or leave it out`)
          : error,
      );
    });
    server.listen(wanted ?? 0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === "object"
          ? resolve(address.port)
          : reject(new LabError("no free loopback port")),
      );
    });
  });
}
