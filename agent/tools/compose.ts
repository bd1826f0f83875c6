import type { ComposeProject } from "../../domain/action/compose.ts";
import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/**
 * Which Compose there is: version 2 is a plug-in of the docker client, version 1 (Debian 12: 1.29.2) a program of its own. Apart from
 * how they are called both take the words that are used here.
 */
export type ComposeClient = "v2" | "v1";

/** Version 1 ends with 1 and the words of Python, version 2 with 1, 14, 15 or 17 and the daemon's. */
const failureOf = failureBy({}, [
  {
    says: /Cannot connect to the Docker daemon|error during connect|Error while fetching server API version|Couldn't connect to Docker/,
    means: "dockerUnavailable",
  },
  { says: /port is already allocated|address already in use/i, means: "portTaken" },
  {
    says: /No such service|no such service|Compose file (?:.* )?is invalid|yaml\.|validating .*:|is not a docker command|additional propert/,
    means: "argumentsInvalid",
  },
  { says: /No such image|pull access denied|manifest unknown|needs to be built/i, means: "objectMissing" },
]);

/** Asks the docker client for its plug-in. Any end is an answer: a client without it complains of the word. */
export const composeVersionCall = (): ToolCall => ({
  file: "docker",
  args: ["compose", "version", "--short"],
  debianPackage: "docker.io",
  acceptExitCodes: Array.from({ length: 256 }, (_, code) => code),
});

/** The major version by what was printed; undefined for anything that is none. */
export function parseComposeMajor(output: string): number | undefined {
  const major = /^v?(\d{1,4})\.\d+\.\d+/.exec(output.trim())?.[1];
  return major === undefined ? undefined : Number(major);
}

function compose(client: ComposeClient, project: ComposeProject, ...args: string[]): ToolCall {
  const words = [
    "--ansi=never",
    `--project-name=${project.name}`,
    `--project-directory=${project.directory}`,
    ...project.files.map((file) => `--file=${file}`),
    ...args,
  ];
  return client === "v2"
    ? { file: "docker", args: ["compose", ...words], debianPackage: "docker.io", failureOf }
    : { file: "docker-compose", args: words, debianPackage: "docker-compose", failureOf };
}

/** Reads the files and complains of what is wrong with them, without Docker. */
export const composeConfigCall = (client: ComposeClient, project: ComposeProject) =>
  compose(client, project, "config", "--quiet");

/** Services can't begin with a hyphen, by the action's schema. */
export const composeStopCall = (
  client: ComposeClient,
  project: ComposeProject,
  graceSeconds: number,
  services: readonly string[],
) => compose(client, project, "stop", `--timeout=${graceSeconds}`, ...services);

/** An image is never built in the middle of a window, and containers that no file names any more are left for a person to see. */
export const composeUpCall = (client: ComposeClient, project: ComposeProject, services: readonly string[]) =>
  compose(client, project, "up", "--detach", "--no-build", ...services);

export const composeLogsCall = (
  client: ComposeClient,
  project: ComposeProject,
  lines: number,
  services: readonly string[],
) => compose(client, project, "logs", "--no-color", `--tail=${lines}`, ...services);

/**
 * Names of variables that the files use and nobody has set. Version 1 says `The DATA variable is not set. Defaulting to a blank string.`,
 * version 2 the same with quotes around the name, escaped within a message of its own.
 */
export function parseUnsetVariables(stderr: string): readonly string[] {
  const found = stderr.matchAll(/The \\?"?([A-Za-z_][A-Za-z0-9_]*)\\?"? variable is not set/g);
  return [...new Set([...found].map(([, name = ""]) => name))].sort();
}

/** Lines of containers, without the one by which version 1 says whom it listens to. */
export function parseComposeLogs(output: string): readonly string[] {
  return output.split("\n").filter((line) => line !== "" && !line.startsWith("Attaching to "));
}
