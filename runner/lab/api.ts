import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { join } from "node:path";

/**
 * The lab's own way to its API server while it boots: a few requests over one kept connection. Everything that uses a
 * running lab goes through its kubeconfig instead.
 */
export interface Api {
  get<T>(path: string): Promise<T>;
  /** Server-side apply of one object. */
  apply(path: string, object: object): Promise<void>;
  /** Deletes one object at once; it may be gone already. */
  remove(path: string): Promise<void>;
  /** True when the server answers the path with 200. */
  answers(path: string): Promise<boolean>;
  close(): void;
}

export async function openApi(pki: string, port: number): Promise<Api> {
  const [ca, cert, key] = await Promise.all(
    ["ca.crt", "admin.crt", "admin.key"].map((file) => readFile(join(pki, file))),
  );
  const agent = new Agent({ keepAlive: true, ...(ca && cert && key ? { ca, cert, key } : {}) });

  const send = (method: string, path: string, body?: object): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const headers = body ? { "content-type": "application/apply-patch+yaml" } : {};
      const outgoing = request(
        { host: "127.0.0.1", port, method, path, headers, agent, timeout: 10_000 },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer from the API server in 10 s")));
      outgoing.on("error", reject);
      outgoing.end(body ? JSON.stringify(body) : undefined);
    });

  const demand = async (method: string, path: string, body?: object): Promise<string> => {
    const { status, text } = await send(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: HTTP ${status} ${text.slice(0, 300)}`);
    return text;
  };
  return {
    get: async <T>(path: string) => JSON.parse(await demand("GET", path)) as T,
    apply: async (path, object) => {
      await demand("PATCH", `${path}?fieldManager=packetwalk-lab&force=true`, object);
    },
    remove: async (path) => {
      const { status, text } = await send("DELETE", `${path}?gracePeriodSeconds=0`);
      if ((status < 200 || status > 299) && status !== 404)
        throw new Error(`DELETE ${path}: HTTP ${status} ${text.slice(0, 300)}`);
    },
    answers: (path) =>
      send("GET", path).then(
        ({ status }) => status === 200,
        () => false,
      ),
    close: () => agent.destroy(),
  };
}
