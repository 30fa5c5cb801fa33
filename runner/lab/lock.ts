import { connect, createServer, type Server } from "node:net";

/**
 * Runs `work` while holding a machine-wide lock of that name. The lock is an abstract Unix socket: the kernel drops it
 * with its holder, however that ends, and who waits is told by the end of a connection to it.
 * @param whenWaiting called once if another process holds the lock.
 */
export async function withLock<T>(name: string, whenWaiting: () => void, work: () => Promise<T>): Promise<T> {
  const address = `\0packetwalk/${name}`;
  let waited = false;
  let server = await tryListen(address);
  while (!server) {
    if (!waited) whenWaiting();
    waited = true;
    await untilReleased(address);
    server = await tryListen(address);
  }
  try {
    return await work();
  } finally {
    server.close();
    for (const waiting of waiters.get(server) ?? []) waiting.destroy();
  }
}

const waiters = new WeakMap<Server, Set<{ destroy(): void }>>();

function tryListen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const connections = new Set<{ destroy(): void }>();
    const server = createServer((socket) => {
      connections.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => connections.delete(socket));
      socket.resume();
    });
    waiters.set(server, connections);
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

function untilReleased(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.resume();
  });
}
