import { z } from "zod";

/**
 * What an argument reaches on the host, said at its schema (`.meta({ role })`), so that the agent can hold every argument of every
 * action against its agent.yaml by one walk and no action can be forgotten. Published with the JSON Schema.
 */
export const ArgumentRole = z.enum([
  /** A path that is only read. */
  "readPath",
  /** A path that is written, made or mounted on. */
  "writePath",
  /** An image file (then a path that is written) or a block device: which, says `backing` beside it. */
  "volumePath",
  /** Name of a container. */
  "container",
  /** Name of a Compose project, which stands for all of its containers. */
  "composeProject",
  /** The text of a script. */
  "script",
  /** Name of a database. */
  "database",
  /** An address that is asked. */
  "url",
  /** Name of a sealed secret. */
  "secret",
  /** Whether a volume is encrypted: `none` has to be allowed by the host's owner. */
  "encryption",
  /** Size in bytes of a volume that is made. */
  "volumeSize",
  /** The file that says how a Kubernetes cluster is reached and as whom. */
  "kubeconfig",
  /** A namespace of a Kubernetes cluster; the `kubeconfig` and the `context` beside it say of which. */
  "namespace",
  /** A file with a key for, or of, a machine elsewhere that copies are sent to; what stands beside it says of which. */
  "offSite",
]);
export type ArgumentRole = z.infer<typeof ArgumentRole>;

/** Metadata that gives an argument its role. */
export function role(name: ArgumentRole): { readonly role: ArgumentRole } {
  return { role: name };
}
