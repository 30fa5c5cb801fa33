/** Hooks and probes of containers: of these handlers the API takes one, so that another one can only come in its place. */
export const HANDLERS: readonly string[] = ["exec", "sleep", "httpGet", "tcpSocket", "grpc"];
export const HANDLED: readonly string[] = ["preStop", "postStart", "readinessProbe", "livenessProbe", "startupProbe"];
