/** Every suite there is; a new one is a folder and a line here. */
export { connectionFlood } from "./connection-flood/suite.ts";
export { dnsStorm } from "./dns-storm/suite.ts";
export { overlayTax } from "./overlay-tax/suite.ts";
export { rollingUpdate } from "./rolling-update/suite.ts";
export { saturation } from "./saturation/suite.ts";
export { serviceScale } from "./service-scale/suite.ts";
