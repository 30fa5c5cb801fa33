// Has so many places, each taken for so many ms; whoever finds none is sent away with 503.
import { createServer } from "node:http";

const places = Number(process.env.PLACES);
const takesMs = Number(process.env.TAKES_MS);
let taken = 0;
createServer((_request, response) => {
  if (taken >= places) return void response.writeHead(503).end("full\n");
  taken++;
  setTimeout(() => {
    taken--;
    response.end("ok\n");
  }, takesMs);
}).listen(8080, "0.0.0.0");
