import { connect } from "node:net";
import { Failure } from "../../domain/failure.ts";
import type { LocalView } from "../localRun/localView.ts";
import { errnoOf } from "../process/durableFile.ts";
import type { AgentStatus, ControlAnswer, ControlRequest, LocalRequest } from "./controlMessages.ts";
import { MAX_LINE_BYTES, readAnswer } from "./controlMessages.ts";
import { readLine } from "./readLine.ts";

/** Says one thing to the agent on this host and returns how it stands afterwards. Throws a Failure when it is not running or refuses. */
export async function askAgent(socketPath: string, request: ControlRequest): Promise<AgentStatus> {
  return (await ask(socketPath, request)).status;
}

/** The same for a run that is carried on here, or could be. */
export async function askLocally(socketPath: string, request: LocalRequest): Promise<LocalView> {
  const { local } = await ask(socketPath, request);
  if (local === undefined)
    throw new Failure("notPermitted", "The agent that runs here is older than this command: start it anew.");
  return local;
}

async function ask(socketPath: string, request: ControlRequest): Promise<Extract<ControlAnswer, { ok: true }>> {
  const socket = connect(socketPath);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    socket.write(`${JSON.stringify(request)}\n`);
    const answer = readAnswer(await readLine(socket, MAX_LINE_BYTES));
    if (answer.ok) return answer;
    throw new Failure("notPermitted", answer.message);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ECONNREFUSED") {
      throw new Failure("notPermitted", `No agent is running here (${socketPath}).`, { cause: error });
    }
    if (errno === "EACCES") throw new Failure("notPermitted", `Only root may speak to the agent.`, { cause: error });
    throw error;
  } finally {
    socket.destroy();
  }
}
