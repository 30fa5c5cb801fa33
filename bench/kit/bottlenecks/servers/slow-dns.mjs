// Answers every question after so many ms: A with an address, all else with nothing (RFC 1035, 4).
import { createSocket } from "node:dgram";

const delayMs = Number(process.env.DELAY_MS);
const TYPE_A = 1;
const socket = createSocket("udp4");
socket.on("message", (query, from) => {
  let end = 12;
  while (query[end] !== 0) end += (query[end] ?? 0) + 1;
  const isA = query.readUInt16BE(end + 1) === TYPE_A;
  const head = Buffer.from(query.subarray(0, end + 5));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(isA ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const address = Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 1]);
  setTimeout(() => socket.send(isA ? Buffer.concat([head, address]) : head, from.port, from.address), delayMs);
});
socket.bind(5353, "0.0.0.0");
