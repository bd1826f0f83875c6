import { z } from "zod";
import { WholeNumber } from "./argument.ts";
import { role } from "./roles.ts";

/** A path on the host that can stand in the options of ssh as it is: rsync cuts them at spaces. */
const PlainPath = z
  .string()
  .max(400)
  .regex(/^\/[A-Za-z0-9_./-]+$/, "an absolute path of letters, digits, and _ . / - only")
  .refine((text) => !text.split("/").includes(".."), "an absolute path without .. in it");

/**
 * A machine elsewhere that keeps copies. All of it is named by the runbook and held against `offSite` in agent.yaml. Its host key is
 * pinned in a file of the owner's: a name alone leads to whoever answers to it.
 */
export const OffSite = z
  .strictObject({
    address: z
      .string()
      .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, "a host name or an IPv4 address")
      .describe("Host name or address."),
    port: WholeNumber.pipe(z.int().min(1).max(65535)).default(22).describe("Port of its ssh."),
    user: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, "the name of an account")
      .describe("The account there."),
    folder: z
      .string()
      .max(400)
      .regex(/^[A-Za-z0-9_./][A-Za-z0-9_./-]*$/, "a path of letters, digits, and _ . / - only")
      .refine((text) => !text.split("/").includes(".."), "a path without .. in it")
      .describe("Folder there, which exists; relative to the account's own, or absolute."),
    identity: PlainPath.meta(role("offSite")).describe("File on the host with the private key for that account."),
    knownHosts: PlainPath.meta(role("offSite")).describe(
      "File on the host with the key by which that machine is known, as `ssh-keyscan` prints it.",
    ),
  })
  .meta({
    title: "Machine elsewhere",
    description:
      "Where copies are kept beside this host. All of it is held against `offSite` in agent.yaml, and the host key in `knownHosts` is the only one that is taken.",
  });
/** Where copies are kept beside this host, and how it is reached. */
export type OffSite = z.infer<typeof OffSite>;

/** The machine of the examples in the documentation. */
export const EXAMPLE_OFF_SITE: z.input<typeof OffSite> = {
  address: "u123.storage.example.org",
  port: 23,
  user: "u123",
  folder: "backups",
  identity: "/etc/slackwater/off-site/key",
  knownHosts: "/etc/slackwater/off-site/known_hosts",
};
