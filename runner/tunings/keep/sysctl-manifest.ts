/** Pure: node settings that stay once the experiment has decided, as an owner applies them. */
import { type Document, isMap, parseAllDocuments, Scalar } from "yaml";
import type { NodeSysctl } from "../sysctl.ts";

const CONF = "99-k8s-network.conf";

/** What kube-proxy writes when it starts, after anything else has set it (cmd/kube-proxy/app/conntrack.go), and where it is told what. */
const BY_KUBE_PROXY: Readonly<Record<string, string>> = {
  "net.netfilter.nf_conntrack_max": "conntrack.min, and maxPerCore",
  "net.netfilter.nf_conntrack_tcp_timeout_established": "conntrack.tcpEstablishedTimeout",
  "net.netfilter.nf_conntrack_tcp_timeout_close_wait": "conntrack.tcpCloseWaitTimeout",
};

/**
 * A ConfigMap and a DaemonSet that set them on every node, also after its restart.
 * @param template manifests/keep/sysctls.yaml
 * @param image BusyBox's
 */
export function sysctlManifest(template: string, tunings: readonly NodeSysctl[], image: string): string {
  const documents = parseAllDocuments(template).filter((each): each is Document.Parsed => !("empty" in each));
  for (const document of documents) {
    if (document.get("kind") === "ConfigMap") document.setIn(["data", CONF], literal(confOf(tunings)));
    else setImages(document, image);
  }
  return documents.map((document) => document.toString({ lineWidth: 0, flowCollectionPadding: false })).join("");
}

/** Its lines as they are, for people to read. */
function literal(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}

function setImages(document: Document.Parsed, image: string): void {
  const pod = ["spec", "template", "spec"];
  for (const list of ["initContainers", "containers"]) {
    const path = [...pod, list, 0];
    if (!isMap(document.getIn(path))) throw new Error(`manifests/keep/sysctls.yaml has no ${list}`);
    document.setIn([...path, "image"], image);
  }
}

/** As sysctl.d(5) has it. */
function confOf(tunings: readonly NodeSysctl[]): string {
  const lines = tunings.flatMap(({ name, note, key, value }) => {
    const told = BY_KUBE_PROXY[key];
    return [
      `# ${name}: ${note}`,
      ...(told === undefined ? [] : [`# kube-proxy sets it as well, whenever it starts: change its ${told}, too`]),
      `${key} = ${value}`,
    ];
  });
  return `${lines.join("\n")}\n`;
}
