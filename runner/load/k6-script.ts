import { build } from "esbuild";

/**
 * A k6 script with all that it imports in one JavaScript text, as a ConfigMap can hold it; k6's own modules stay imports.
 * @throws Error with esbuild's message where the script does not compile
 */
export async function bundleScript(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    external: ["k6", "k6/*"],
    logLevel: "silent",
  });
  const text = outputFiles[0]?.text;
  if (text === undefined) throw new Error(`${file} gave no script`);
  return text;
}
