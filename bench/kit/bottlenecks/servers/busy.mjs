// Answers one request after another, each after so many ms in which it does nothing else; what comes meanwhile waits in its listen queue.
import { createServer } from "node:http";

const busyMs = Number(process.env.BUSY_MS);
createServer((_request, response) => {
  for (const untilMs = performance.now() + busyMs; performance.now() < untilMs; );
  response.end("ok\n");
}).listen({ port: 8080, host: "0.0.0.0", backlog: Number(process.env.BACKLOG) });
