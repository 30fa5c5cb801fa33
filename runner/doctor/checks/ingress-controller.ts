import { defineCheck } from "../check.ts";
import type { Found } from "../finding.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";

/** Those that run as pods of the cluster, by their images. Of others nobody can say from here whether they run. */
const CONTROLLERS: ReadonlyArray<readonly [controller: string, image: RegExp]> = [
  ["k8s.io/ingress-nginx", /ingress-nginx|nginx-ingress-controller/],
  ["nginx.org/ingress-controller", /nginx-ingress|nginx-plus-ingress/],
  ["traefik.io/ingress-controller", /traefik/],
  ["haproxy.org/ingress-controller", /haproxy/],
  ["haproxy-ingress.github.io/controller", /haproxy/],
  ["ingress-controllers.konghq.com/kong", /kong/],
  ["ingress.k8s.aws/alb", /aws-(load-balancer|alb-ingress)-controller/],
  ["projectcontour.io", /contour/],
];

export const ingressController = defineCheck({
  name: "ingress-controller",
  hop: "ingress",
  title: "an IngressClass whose controller does not run",
  reads: ["ingressClasses", "ingresses", "workloads", "pods"],
  find({ ingressClasses, ingresses, workloads, pods }) {
    const images = [
      ...workloads.filter(({ ready }) => ready > 0).flatMap(({ pod }) => pod.containers.map(({ image }) => image)),
      ...pods.filter(({ ready }) => ready).flatMap((pod) => pod.images),
    ];
    return ingressClasses.flatMap(({ name, controller, isDefault }): Found[] => {
      const image = CONTROLLERS.find(([known]) => controller === known || controller.startsWith(`${known}/`))?.[1];
      if (!image || images.some((each) => image.test(each))) return [];
      const users = ingresses.filter(({ className }) => (className === null ? isDefault : className === name)).length;
      return [
        {
          severity: users > 0 ? "critical" : "info",
          subject: `ingressclass ${name}`,
          value: `${controller}: no ready pod runs it`,
          readFrom: "its spec.controller, and images of all ready pods",
          consequence:
            users > 0
              ? `${several(users, "Ingress", "Ingresses")} of it: nobody answers at their addresses, or by what was configured last`
              : "no Ingress uses it; the next one that does gets no address",
          remedy: { words: "its controller's Deployment; or delete the class" },
          proof: reads`get ingressclass ${name} -o yaml`,
        },
      ];
    });
  },
});
