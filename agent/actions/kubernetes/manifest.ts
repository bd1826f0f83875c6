import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { parseAllDocuments } from "yaml";
import type { z } from "zod";
import type { kubernetesApply } from "../../../domain/action/kubernetes.ts";
import { KubernetesObject } from "../../../domain/action/kubernetesManifest.ts";
import { Failure } from "../../../domain/failure.ts";

type Args = z.output<typeof kubernetesApply.args>;

/** What is applied, as it is sent: JSON made of what was checked, so that no other reader can understand it otherwise. */
export interface Manifest {
  readonly objects: readonly KubernetesObject[];
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** The largest that is read (bytes). The API server itself takes 1.5 MiB an object. */
const LARGEST_FILE_BYTES = 4 * 2 ** 20;

/** The manifest that an order means. Throws `argumentsInvalid`, or `expectationFailed` for a file that is another one. */
export async function readManifest({ cluster, objects, file, expectSha256 }: Args): Promise<Manifest> {
  if (file === "") return manifestOf(objects, cluster.namespace);
  const text = await readBounded(file);
  const sha256 = digestOf(text);
  if (expectSha256 !== "" && sha256 !== expectSha256) {
    throw new Failure("expectationFailed", `${file} has the SHA-256 ${sha256}, and ${expectSha256} was expected.`);
  }
  return { ...manifestOf(parseManifest(text.toString(), file), cluster.namespace), sha256 };
}

const digestOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

async function readBounded(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > LARGEST_FILE_BYTES)
      throw new Failure("argumentsInvalid", `${path} has ${size} bytes; a manifest has at most ${LARGEST_FILE_BYTES}.`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** One object goes as it is, more as a list. An object that names another namespace is refused before kubectl sees it. */
function manifestOf(objects: readonly KubernetesObject[], namespace: string): Manifest {
  for (const { kind, metadata } of objects) {
    if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
      throw new Failure(
        "argumentsInvalid",
        `${kind} ${metadata.name} is for the namespace ${metadata.namespace}, and the order is for ${namespace}.`,
      );
    }
  }
  const [only] = objects;
  const sent = objects.length === 1 ? only : { apiVersion: "v1", kind: "List", items: objects };
  const bytes = Buffer.from(JSON.stringify(sent));
  return { objects, bytes, sha256: digestOf(bytes) };
}

/**
 * Reads the documents of a file. kubectl reads YAML 1.1 and we 1.2; a value in which the two differ (`yes`, `0644`) is refused, since
 * one of them would have been meant. Throws `argumentsInvalid`, naming the file.
 */
export function parseManifest(text: string, path: string): readonly KubernetesObject[] {
  const values = readYaml(text, path, "1.2");
  if (JSON.stringify(values) !== JSON.stringify(readYaml(text, path, "1.1"))) {
    return refuse(
      path,
      "a value in it reads differently in YAML 1.1 and 1.2 (such as yes, on, 0644); put it in quotes",
    );
  }
  if (values.length === 0) return refuse(path, "there is no object in it");
  return values.map((value, index) => {
    const object = KubernetesObject.safeParse(value);
    if (object.success) return object.data;
    const [issue] = object.error.issues;
    return refuse(path, `object ${index + 1}: ${[...(issue?.path ?? []), issue?.message].join(": ")}`);
  });
}

function readYaml(text: string, path: string, version: "1.1" | "1.2"): readonly unknown[] {
  try {
    const documents = parseAllDocuments(text, { version, strict: true, uniqueKeys: true });
    if (!Array.isArray(documents)) return [];
    const mistake = documents.flatMap((document) => document.errors)[0];
    if (mistake !== undefined) return refuse(path, mistake.message);
    // Aliases are refused: a few lines of them can stand for gigabytes.
    const values: readonly unknown[] = documents.map((document): unknown => document.toJS({ maxAliasCount: 0 }));
    return values.filter((value) => value !== null && value !== undefined);
  } catch (error) {
    if (error instanceof Failure) throw error;
    return refuse(path, error instanceof Error ? error.message : "it can't be read");
  }
}

function refuse(path: string, why: string): never {
  throw new Failure("argumentsInvalid", `${path} can't be applied: ${why}.`);
}
