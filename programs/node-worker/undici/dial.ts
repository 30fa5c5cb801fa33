import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Stage } from "../outcome.ts";
import type { Target } from "../spec.ts";
import type { Resolver } from "./resolver.ts";

export type DialStage = Exclude<Stage, "transfer">;

/** What a dial tells, each at most once and in this order; after `failed` or `ready` nothing more. */
export interface DialEvents {
  /** Only where the target is a name. */
  resolved(): void;
  connecting(address: string): void;
  connected(socket: Socket): void;
  ready(socket: Socket): void;
  failed(stage: DialStage, error: Error): void;
}

export interface Dialing {
  readonly stage: DialStage;
  /** Ends it without an event; does nothing once it has ended. */
  cancel(): void;
}

/** Opens one connection: name lookup as applications do it (getaddrinfo), TCP, TLS. */
export function dial(target: Target, resolver: Resolver, on: DialEvents): Dialing {
  const { hostname, port } = target.address;
  let stage: DialStage = "dns";
  let socket: Socket | undefined;
  let settled = false;

  const fail = (error: Error) => {
    if (settled) return;
    settled = true;
    socket?.destroy();
    on.failed(stage, error);
  };
  const ready = (opened: Socket) => {
    if (settled) return;
    settled = true;
    opened.off("error", fail);
    on.ready(opened);
  };
  const handshake = (tcp: Socket, tls: NonNullable<Target["tls"]>) => {
    stage = "tls";
    const serverName = tls.serverName ?? (isIP(hostname) === 0 ? hostname : undefined);
    const secured = connectTls({
      socket: tcp,
      rejectUnauthorized: tls.verify,
      ALPNProtocols: ["http/1.1"],
      ...(serverName === undefined ? { host: hostname } : { servername: serverName }),
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    });
    socket = secured;
    secured.on("error", fail).once("secureConnect", () => ready(secured));
  };
  const open = (address: string) => {
    stage = "connect";
    on.connecting(address);
    const tcp = connectTcp({ host: address, port, noDelay: true });
    socket = tcp;
    tcp.on("error", fail).once("connect", () => {
      if (settled) return;
      on.connected(tcp);
      if (target.tls === undefined) ready(tcp);
      else handshake(tcp, target.tls);
    });
  };

  if (isIP(hostname) === 0) {
    resolver.lookup(hostname, (error, address) => {
      if (settled) return;
      if (error) return fail(error);
      on.resolved();
      open(address);
    });
  } else {
    open(hostname);
  }
  return {
    get stage() {
      return stage;
    },
    cancel() {
      if (settled) return;
      settled = true;
      socket?.on("error", () => {}).destroy();
    },
  };
}
