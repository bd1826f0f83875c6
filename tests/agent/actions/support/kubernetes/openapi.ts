import type { Resource } from "./resources.ts";

/**
 * The OpenAPI document (version 2) in the one form in which kubectl asks for it: protobuf, by the messages of gnostic's OpenAPIv2.proto.
 * It says of each kind that its patch knows `dryRun`, which kubectl looks up before it sends one; field numbers are those of that file.
 */
export function openapiDocument(resources: readonly Resource[]): Buffer {
  const paths = resources.map((one) => {
    const [group, version] = one.groupVersion.includes("/") ? one.groupVersion.split("/") : ["", one.groupVersion];
    const kind = `group: "${group}"\nkind: ${one.kind}\nversion: ${version}\n`;
    const extension = message(text(1, "x-kubernetes-group-version-kind"), field(2, message(text(2, kind))));
    const query = message(text(2, "query"), text(4, "dryRun"));
    // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema
    const parameter = field(1, field(2, field(3, query)));
    const patch = message(field(8, parameter), field(13, extension));
    const prefix = group === "" ? "/api/v1" : `/apis/${one.groupVersion}`;
    const name = `${prefix}/namespaces/{namespace}/${one.resource}/{name}`;
    return field(2, message(text(1, name), field(2, field(8, patch))));
  });
  const info = message(text(1, "Kubernetes"), text(2, "v1.32.0"));
  return message(text(1, "2.0"), field(2, info), field(8, message(...paths)));
}

const message = (...fields: readonly Buffer[]) => Buffer.concat(fields);
const text = (number: number, value: string) => field(number, Buffer.from(value));

/** A field of the wire type 2: its number, its length, its bytes. */
const field = (number: number, bytes: Buffer) => Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
