import { connect } from "node:net";
import { Failure } from "../../domain/failure.ts";
import { errnoOf } from "../process/durableFile.ts";
import type { AgentStatus, ControlRequest } from "./controlMessages.ts";
import { MAX_LINE_BYTES, readAnswer } from "./controlMessages.ts";
import { readLine } from "./readLine.ts";

/** Says one thing to the agent on this host and returns how it stands afterwards. Throws a Failure when it is not running or refuses. */
export async function askAgent(socketPath: string, request: ControlRequest): Promise<AgentStatus> {
  const socket = connect(socketPath);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    socket.write(`${JSON.stringify(request)}\n`);
    const answer = readAnswer(await readLine(socket, MAX_LINE_BYTES));
    if (answer.ok) return answer.status;
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
