import { createServer, type Socket } from "node:net";

/**
 * The gate of programs/agent/gate: an abstract Unix socket, one per network namespace. Whoever started the workers sends
 * a line with the common start time in Unix ms and gets "ok".
 */
export const GATE_ADDRESS = "\0packetwalk-gate";
const LONGEST_LINE = 64;
const EXCHANGE_LIMIT_MS = 5_000;

/**
 * Waits until the gate is opened.
 * @returns the start time in Unix ms
 * @throws Error if nobody opens it in time, or the signal comes first
 */
export function waitAtGate(timeoutMs: number, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      server.close();
      settle();
    };
    const fail = (message: string) => finish(() => reject(new Error(message)));
    const stop = () => fail("stopped before its gate was opened");
    const timer = setTimeout(() => fail("nobody opened the gate in time"), timeoutMs);
    const server = createServer((socket) => receive(socket, (startAtUnixMs) => finish(() => resolve(startAtUnixMs))));
    server.on("error", (error) => fail(`cannot listen at the gate: ${error.message}`));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    else server.listen(GATE_ADDRESS);
  });
}

function receive(socket: Socket, open: (startAtUnixMs: number) => void): void {
  let line = "";
  socket.setTimeout(EXCHANGE_LIMIT_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.setEncoding("latin1").on("data", (text: string) => {
    line += text;
    if (!line.includes("\n") && line.length <= LONGEST_LINE) return;
    const [, digits] = /^(\d{1,15})\s*\n/.exec(line) ?? [];
    if (digits === undefined) {
      socket.destroy();
      return;
    }
    socket.end("ok\n");
    open(Number(digits));
  });
}
