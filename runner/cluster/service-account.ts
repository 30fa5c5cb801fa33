import { ApiException } from "@kubernetes/client-node";
import { apiReason } from "./cluster.ts";

/** Whether a pod was refused only because its namespace is so new that its service account is not there yet. */
export function isEarlyForServiceAccount(error: unknown): boolean {
  return error instanceof ApiException && error.code === 403 && isServiceAccountMissing(apiReason(error));
}

/**
 * The words of the ServiceAccount admission plugin (kubernetes/plugin/pkg/admission/serviceaccount); other refusals may
 * speak of service accounts as well, and are final.
 */
export function isServiceAccountMissing(words: string): boolean {
  return /error looking up service account \S+: serviceaccount "[^"]*" not found/.test(words);
}
