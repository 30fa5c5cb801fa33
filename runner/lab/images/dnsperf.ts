import { copyDebianPrograms, debianVersion } from "./debian.ts";
import { cachedImage, findImage, type Image, registry } from "./images.ts";

/** DNS-OARC's dnsperf as Debian packages it, with nothing but its libraries. Once built it stays. */
export async function dnsperfImage(update: (detail: string) => void): Promise<Image> {
  const existing = await findImage("dnsperf", () => true);
  if (existing) return existing;
  const version = await debianVersion("dnsperf", "the image of dnsperf", update);
  const entrypoint = ["/usr/bin/dnsperf"];
  return cachedImage(`${registry}/dnsperf:${version}`, { entrypoint }, async (root, work) => {
    update("fetching dnsperf and its libraries");
    await copyDebianPrograms("dnsperf", ["usr/bin/dnsperf"], root, work);
  });
}
