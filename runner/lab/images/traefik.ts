import type { WheelProgram } from "../builds/wheels.ts";
import { type Image, programImage } from "./images.ts";

/** Traefik, a static program, and nothing else. Its tag begins with its version. */
export function traefikImage(traefik: WheelProgram): Promise<Image> {
  return programImage("traefik", `${traefik.version}-${traefik.hash}`, { traefik });
}
