import type { Socket } from "node:net";
import { type buildConnector, Client, type Dispatcher } from "undici";
import { hostPort } from "../../../runner/host-port.ts";
import { endedByReset, resetError } from "../ended-by-reset.ts";
import type { NamedTarget, UndiciSpec } from "../spec.ts";
import { type DialEvents, type Dialing, dial } from "./dial.ts";
import type { Resolver } from "./resolver.ts";

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/** What a lane tells the request that it carries: after `failed`, `done` or `broken` nothing more. */
export interface LaneEvents extends Omit<DialEvents, "ready"> {
  ready(): void;
  /** The request is being written. */
  sent(reused: boolean): void;
  /** May be told more than once. */
  firstByte(): void;
  head(status: number, headers: Headers): void;
  body(bytes: number): void;
  done(): void;
  /** @param socketError the system's own error on the connection, if there was one: it says more than undici's */
  broken(error: Error, socketError: NodeJS.ErrnoException | undefined): void;
}

/** One undici client with at most one connection, which carries one request at a time. */
export class Lane {
  readonly target: NamedTarget;
  readonly #closeWith: UndiciSpec["closeWith"];
  readonly #resolver: Resolver;
  readonly #client: Client;
  #carried: LaneEvents | undefined;
  #dialing: Dialing | undefined;
  /** Below TLS, if there is any. */
  #tcp: Socket | undefined;
  #socketError: NodeJS.ErrnoException | undefined;
  #served = 0;

  constructor(target: NamedTarget, closeWith: UndiciSpec["closeWith"], resolver: Resolver) {
    this.target = target;
    this.#closeWith = closeWith;
    this.#resolver = resolver;
    // Time is kept by the caller, from the scheduled instant: undici's own timeouts begin later and are off.
    this.#client = new Client(originOf(target), {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_, callback) => this.#connect(callback),
    });
  }

  send(request: Dispatcher.DispatchOptions, events: LaneEvents): void {
    this.#carried = events;
    this.#client.dispatch(request, this.#handler);
  }

  /** The connection is closed as the spec says, whatever is under way; the request that is carried is told nothing. */
  close(): void {
    this.#carried = undefined;
    this.#dialing?.cancel();
    if (this.#closeWith === "rst") this.#tcp?.resetAndDestroy();
    void this.#client.destroy();
  }

  #connect(callback: buildConnector.Callback): void {
    this.#socketError = undefined;
    this.#served = 0;
    this.#dialing = dial(this.target, this.#resolver, {
      resolved: () => this.#carried?.resolved(),
      connecting: (address) => this.#carried?.connecting(address),
      connected: (tcp) => {
        this.#tcp = tcp;
        this.#carried?.connected(tcp);
      },
      ready: (socket) => {
        this.#carried?.ready();
        this.#watch(socket);
        callback(null, socket);
      },
      failed: (stage, error) => {
        const carried = this.#carried;
        this.#carried = undefined;
        carried?.failed(stage, error);
        callback(error, null);
      },
    });
  }

  /** Before undici listens, so that first bytes and failures are known here when undici acts on them. */
  #watch(socket: Socket): void {
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (isSystemError(error)) this.#socketError ??= error;
    });
    socket.on("end", () => {
      if (endedByReset(socket)) this.#socketError ??= resetError();
    });
    socket.on("readable", () => {
      if (socket.readableLength > 0) this.#carried?.firstByte();
    });
  }

  readonly #handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => {
      this.#carried?.sent(this.#served++ > 0);
    },
    onResponseStart: (_, status, headers) => this.#carried?.head(status, headers),
    onResponseData: (_, chunk) => this.#carried?.body(chunk.length),
    onResponseEnd: () => {
      const carried = this.#carried;
      this.#carried = undefined;
      // undici takes a reset for the end of a body whose length was not announced.
      if (this.#socketError) carried?.broken(this.#socketError, this.#socketError);
      else carried?.done();
    },
    onResponseError: (_, error) => {
      const carried = this.#carried;
      this.#carried = undefined;
      carried?.broken(error, this.#socketError);
    },
  };
}

/** Of the kernel or of TLS: undici also ends a socket with errors of its own. */
function isSystemError({ syscall, code = "" }: NodeJS.ErrnoException): boolean {
  return syscall !== undefined || code.startsWith("ERR_SSL");
}

function originOf({ address, tls }: NamedTarget): string {
  const { hostname, port } = address;
  return `${tls ? "https" : "http"}://${hostPort(hostname, port)}`;
}
