import { isIP, type Socket } from "node:net";
import HttpClient, { type HttpClientOptions } from "autocannon/lib/httpClient.js";
import { hostPort } from "../../../runner/host-port.ts";
import type { FailureCause } from "../../../runner/result/outcomes.ts";
import type { Deadlines } from "../deadlines.ts";
import { endedByReset } from "../ended-by-reset.ts";
import type { LoadClock } from "../load-clock.ts";
import {
  type Outcome,
  ofConnectError,
  ofLookupError,
  ofSocketError,
  ofStatus,
  ofTimeout,
  type Stage,
} from "../outcome.ts";
import type { AutocannonSpec } from "../spec.ts";
import type { Tally } from "../tally.ts";
import { BegunRequest, endsWithConnection } from "./begun-request.ts";

export interface ConnectionContext {
  readonly spec: AutocannonSpec;
  readonly clock: LoadClock;
  readonly tally: Tally;
  readonly deadlines: Deadlines;
  readonly resolverTimeoutMs: number;
  /** Whether no more requests are to begin. */
  isOver(): boolean;
  read(bytes: number): void;
}

export interface ClosedConnection {
  /** Whether it had ever stood. */
  readonly established: boolean;
}

/**
 * One connection of autocannon's client, from opening to closing; resolves when it is closed. The client itself would go on after a failure, with a
 * parser in the middle of the lost response, and would count nothing for a server that closes without replying; so each
 * client is given up with its connection, and what is counted here are its events, not autocannon's summary.
 */
export function openConnection(context: ConnectionContext): Promise<ClosedConnection> {
  const { spec, clock, tally, deadlines } = context;
  let current: BegunRequest | undefined;
  let established = false;
  let served = 0;
  let closed: (connection: ClosedConnection) => void = () => {};

  const end = (outcome: Outcome) => {
    const request = current;
    if (request === undefined) return;
    current = undefined;
    if (request.firstByteMs !== undefined) tally.firstByte.recordMs(request.firstByteMs - request.writableMs);
    tally.finish(request.beganMs, outcome, clock.nowMs() - request.beganMs);
    deadlines.remove(request);
  };

  const listen = (client: HttpClient) => {
    const fail = (outcome: Outcome) => {
      end(outcome);
      client.destroy();
    };
    client.on("request", () => {
      const isFirst = served++ === 0;
      if (!isFirst) tally.reused++;
      const request = new BegunRequest(clock.nowMs(), spec.timeoutMs, isFirst ? firstStage(spec) : "transfer", () =>
        fail(ofTimeout(request.stage)),
      );
      current = request;
      tally.schedule(request.beganMs);
      if (isFirst) watch(client, client.conn, request);
      deadlines.add(request);
    });
    client.on("headers", (head) => {
      if (current) current.head = head;
    });
    client.on("response", (status) => {
      const announcedClose = current?.head?.shouldKeepAlive === false;
      end(ofStatus(status));
      // The client then closes instead of sending the next one.
      if (!spec.keepAlive || announcedClose || context.isOver()) client.responseMax = 1;
    });
    client.on("connError", (error) => fail(current ? judge(context, current, error) : "reset"));
    client.once("done", () => closed({ established }));

    const watch = (client: HttpClient, socket: Socket, first: BegunRequest) => {
      let connectingMs = first.beganMs;
      socket.once("lookup", () => {
        connectingMs = clock.nowMs();
        first.stage = "connect";
      });
      socket.once("connect", () => {
        established = true;
        first.writableMs = clock.nowMs();
        first.stage = spec.target.tls ? "tls" : "transfer";
        tally.connect.recordMs(first.writableMs - connectingMs);
      });
      socket.once("secureConnect", () => {
        const nowMs = clock.nowMs();
        tally.tls.recordMs(nowMs - first.writableMs);
        first.writableMs = nowMs;
        first.stage = "transfer";
      });
      // Before the client parses them, and after.
      socket.prependListener("data", (chunk: Buffer) => {
        context.read(chunk.length);
        if (current) current.firstByteMs ??= clock.nowMs();
      });
      socket.on("data", () => {
        if (client.parser.hadError) fail("protocol-error");
      });
      // Before the client opens another connection.
      socket.prependListener("end", () => {
        const head = current?.head;
        if (current?.stage === "tls") fail("tls");
        else if (endedByReset(socket)) fail("reset");
        else fail(endsWithConnection(head) ? ofStatus(head.statusCode) : "truncated");
      });
    };
  };
  return new Promise((resolve) => {
    closed = resolve;
    new HttpClient(clientOptions(spec, listen));
  });
}

function firstStage({ target }: AutocannonSpec): Stage {
  return isIP(target.address.hostname) === 0 ? "dns" : "connect";
}

function judge(
  { clock, resolverTimeoutMs }: ConnectionContext,
  request: BegunRequest,
  error: NodeJS.ErrnoException,
): FailureCause {
  const code = error.code ?? "";
  switch (request.stage) {
    case "dns":
      return ofLookupError(code, clock.nowMs() - request.beganMs, resolverTimeoutMs);
    case "connect":
      return error.syscall === "getaddrinfo"
        ? ofLookupError(code, clock.nowMs() - request.beganMs, resolverTimeoutMs)
        : ofConnectError(code);
    case "tls":
      return "tls";
    case "transfer":
      return ofSocketError(code);
  }
}

function clientOptions(
  { target, method, timeoutMs }: AutocannonSpec,
  setupClient: (client: HttpClient) => void,
): HttpClientOptions {
  const { hostname, port } = target.address;
  return {
    protocol: target.tls ? "https:" : "http:",
    hostname,
    port,
    ...(target.tls?.serverName === undefined ? {} : { servername: target.tls.serverName }),
    method,
    path: target.path,
    headers: {
      Host: target.host ?? hostPort(hostname, port),
      "User-Agent": "packetwalk",
      Accept: "*/*",
      ...(["POST", "PUT", "PATCH"].includes(method) ? { "Content-Length": "0" } : {}),
    },
    // Time is kept by Deadlines; the client's own time-out would open another connection before it tells.
    timeout: (2 * timeoutMs) / 1000,
    setupClient,
  };
}
