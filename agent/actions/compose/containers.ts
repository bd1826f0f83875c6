import type { ComposeProject } from "../../../domain/action/compose.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Container } from "../../tools/docker.ts";
import { dockerInspectCall, dockerProjectCall, parseContainer, parseContainerIds } from "../../tools/docker.ts";

/** A container of a project, as far as stopping and starting go. */
export interface ProjectContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly isRunning: boolean;
  /** It runs, Docker is not just starting it again, and its own check, where it has one, is content. */
  readonly isReady: boolean;
  readonly exitCode: number;
  /** In one word, for people. */
  readonly state: string;
  /** As `docker update` takes it: `no`, `always`, `unless-stopped`, `on-failure:3`. */
  readonly restartPolicy: string;
}

/** What `docker inspect` says of a container of a project. */
export function asProjectContainer({ Id, Name, Config, State, HostConfig }: Container): ProjectContainer {
  const { Name: policy, MaximumRetryCount: retries } = HostConfig.RestartPolicy;
  const health = State.Health?.Status;
  const isStartingAgain = State.Restarting === true;
  return {
    id: Id,
    name: Name.replace(/^\//, ""),
    service: Config.Labels?.["com.docker.compose.service"] ?? "",
    isRunning: State.Running,
    isReady: State.Running && !isStartingAgain && (health === undefined || health === "healthy" || health === "none"),
    exitCode: State.ExitCode,
    state: isStartingAgain
      ? `starting again after exit code ${State.ExitCode}`
      : State.Running
        ? (health ?? "running")
        : `ended with ${State.ExitCode}`,
    restartPolicy: policy === "on-failure" && retries ? `${policy}:${retries}` : policy || "no",
  };
}

/** The containers of a project, or of some of its services, as they are now. */
export async function readContainers(
  project: Pick<ComposeProject, "name">,
  services: readonly string[],
  context: ActionContext,
): Promise<readonly ProjectContainer[]> {
  const { stdout } = await context.program({ ...dockerProjectCall(project.name), stdout: { to: "callbacks" } });
  const containers: ProjectContainer[] = [];
  for (const id of parseContainerIds(stdout.toString())) {
    const one = await readContainer(id, context);
    if (one !== undefined && (services.length === 0 || services.includes(one.service))) containers.push(one);
  }
  return containers.sort((a, b) => a.name.localeCompare(b.name));
}

/** One that was removed since it was listed is no longer of the project. */
async function readContainer(id: string, context: ActionContext): Promise<ProjectContainer | undefined> {
  try {
    const { stdout } = await context.program({ ...dockerInspectCall(id), stdout: { to: "callbacks" } });
    return asProjectContainer(parseContainer(stdout.toString()));
  } catch (error) {
    if (error instanceof Failure && error.code === "containerMissing") return undefined;
    throw error;
  }
}

/** Each with its state, for a message. */
export function inWords(containers: readonly ProjectContainer[]): string {
  return containers.map(({ name, state }) => `${name} (${state})`).join(", ");
}
