/** A kubeconfig whose API nobody serves: its context is called "nowhere". */
export const NOWHERE = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: nowhere, context: {cluster: c, user: u}}]
current-context: nowhere
`;
