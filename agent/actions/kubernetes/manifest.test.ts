import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { Failure } from "../../../domain/failure.ts";
import { applicable } from "./applicable.ts";
import { parseManifest } from "./manifest.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z]$/);
const configMap = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("ConfigMap"),
  metadata: fc.record({ name }),
  data: fc.dictionary(name, fc.string()),
});

test("what was written as JSON or as quoted YAML is read just so", () => {
  fc.assert(
    fc.property(fc.array(configMap, { minLength: 1, maxLength: 3 }), (objects) => {
      expect(parseManifest(objects.map((one) => JSON.stringify(one)).join("\n---\n"), "a.json")).toEqual(objects);
      const yaml = objects.map((one) =>
        stringify(one, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "QUOTE_DOUBLE" }),
      );
      expect(parseManifest(yaml.join("---\n"), "a.yaml")).toEqual(objects);
    }),
  );
});

test("anything else is refused by the name of its file, and never breaks", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        parseManifest(text, "/srv/some.yaml");
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        expect(error).toMatchObject({ code: "argumentsInvalid", message: expect.stringContaining("/srv/some.yaml") });
      }
    }),
  );
});

test("aliases, a list, a secret and what gives rights are refused, each with its reason", () => {
  const refusal = (text: string) => {
    expect(() => parseManifest(text, "a.yaml")).toThrow();
    try {
      parseManifest(text, "a.yaml");
    } catch (error) {
      return String(error);
    }
    return "";
  };
  const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";
  expect(refusal(`${head}data: { a: &a x, b: *a }\n`)).toMatch(/alias/i);
  expect(refusal(`${head}data: { on: x }\n`)).toMatch(/YAML 1.1 and 1.2/);
  expect(refusal(`${head}kind: Secret\n`)).toMatch(/unique/i);
  for (const [apiVersion, kind] of [
    ["v1", "Secret"],
    ["v1", "List"],
    ["v1", "Namespace"],
    ["rbac.authorization.k8s.io/v1", "RoleBinding"],
  ]) {
    expect(refusal(JSON.stringify({ apiVersion, kind, metadata: { name: "a" } }))).toContain(
      `${apiVersion} ${kind} can't`,
    );
  }
  expect(refusal("# nothing\n")).toMatch(/no object/);
});

test("an exported object holds nothing that the API server keeps about it, and can be read as a manifest", () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      ...{ name: "web", namespace: "shop", uid: "1", resourceVersion: "9", generation: 1, creationTimestamp: "2026" },
      ownerReferences: [],
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", team: "shop" },
      managedFields: [{}],
    },
    spec: { clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.1"], ports: [{ port: 80, nodePort: 30_080 }] },
    status: { loadBalancer: {} },
  };
  const exported = applicable(service);
  expect(exported).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop", annotations: { team: "shop" } },
    spec: { ports: [{ port: 80, nodePort: 30_080 }] },
  });
  expect(parseManifest(JSON.stringify(exported), "a.json")).toEqual([exported]);
  const headless = applicable({ ...service, spec: { clusterIP: "None", clusterIPs: ["None"] } });
  expect(headless.spec).toEqual({ clusterIP: "None", clusterIPs: ["None"] });
});
