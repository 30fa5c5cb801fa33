import { expect, test } from "vitest";
import {
  areSameOwners,
  type FieldOwner,
  givenBack,
  takenFrom,
} from "../../../../runner/tunings/workload/field-owners.ts";

const APP = 'k:{"name":"app"}';
const pod = (inner: object, more: object = {}) => ({
  "f:spec": { "f:template": { "f:spec": { "f:containers": { [APP]: inner }, ...more } } },
});

const kubectl = (fieldsV1: object): FieldOwner => ({
  ...{ manager: "kubectl-client-side-apply", operation: "Update", apiVersion: "apps/v1", time: "2026-01-01T00:00:00Z" },
  fieldsV1: { ...fieldsV1 },
});
const controller = (revision: string): FieldOwner => ({
  ...{ manager: "kube-controller-manager", operation: "Update", apiVersion: "apps/v1", subresource: "status" },
  fieldsV1: { "f:status": { [`f:${revision}`]: {} } },
});
const own = (operation: string): FieldOwner => ({
  manager: "packetwalk",
  operation,
  apiVersion: "apps/v1",
  fieldsV1: {},
});

const WHOLE = pod(
  { ".": {}, "f:image": {}, "f:lifecycle": { ".": {}, "f:preStop": { ".": {}, "f:exec": { "f:command": {} } } } },
  { "f:terminationGracePeriodSeconds": {} },
);
const LESS = pod({ ".": {}, "f:image": {}, "f:lifecycle": { ".": {} } });
const BEFORE = [kubectl(WHOLE), controller("a")];
const AFTER = [own("Apply"), kubectl(LESS), controller("a")];
const TAKEN = takenFrom(BEFORE, AFTER, "packetwalk");

test("what a forced apply took from others is told apart from what they have", () => {
  expect(TAKEN).toEqual([
    kubectl(
      pod(
        { "f:lifecycle": { "f:preStop": { ".": {}, "f:exec": { "f:command": {} } } } },
        { "f:terminationGracePeriodSeconds": {} },
      ),
    ),
  ]);
});

test("they have it again, nothing is ours, and what its controller did meanwhile stands", () => {
  const now = [own("Apply"), own("Update"), kubectl(LESS), controller("b")];
  const back = givenBack(now, TAKEN, "packetwalk", []);
  expect(areSameOwners(back, [kubectl(WHOLE), controller("b")])).toBe(true);
});

test("an owner that had lost everything is there again", () => {
  const all = takenFrom(BEFORE, [own("Apply"), controller("a")], "packetwalk");
  expect(
    areSameOwners(givenBack([own("Apply"), controller("a")], all, "packetwalk", []), [controller("a"), kubectl(WHOLE)]),
  ).toBe(true);
});

test("a field that somebody else has changed since stays with that one", () => {
  const path = ["spec", "template", "spec", "containers", { name: "app" }, "lifecycle", "preStop"];
  const back = givenBack([kubectl(LESS)], TAKEN, "packetwalk", [path]);
  const expected = pod({ ".": {}, "f:image": {}, "f:lifecycle": {} }, { "f:terminationGracePeriodSeconds": {} });
  expect(areSameOwners(back, [kubectl(expected)])).toBe(true);
});

test("where nothing was changed there is nothing to give back", () => {
  expect(areSameOwners(givenBack(BEFORE, TAKEN, "packetwalk", []), BEFORE)).toBe(true);
});
