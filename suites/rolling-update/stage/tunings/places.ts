/** Where read-backs of the web pods come from: they come and go with every block, and are told as one. */
export const SERVER_PODS = { place: "server-pods", among: "server pods" } as const;
