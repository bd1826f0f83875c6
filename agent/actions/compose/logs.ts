import { composeLogs } from "../../../domain/action/compose.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import { composeLogsCall, parseComposeLogs } from "../../tools/compose.ts";
import { countErrors } from "../errorLines.ts";
import { observing } from "../observing.ts";
import { findClient, plannedCompose } from "./client.ts";
import { OVERLAYS_NOTE, overlaid } from "./overlaid.ts";

/** So much of all lines is looked at (bytes). */
const LOG_BYTES = 16 * 2 ** 20;

/** `compose.logs`. */
export const composeLogsAction = observing(composeLogs, {
  plan: ({ project, services, lines }) => [
    ...plannedCompose((client) => composeLogsCall(client, project, lines, services)),
    OVERLAYS_NOTE,
  ],
  run: async (args, context) => {
    const { project, services } = args;
    const client = await findClient(context);
    const { stdout } = await context.program({
      ...composeLogsCall(client, await overlaid(project, context), args.lines, services),
      cwd: project.directory,
      stdout: { to: "callbacks" },
      captureBytes: LOG_BYTES,
    });
    const lines = parseComposeLogs(toSafeText(stdout));
    const { errorsCount, errors } = countErrors(lines, args);
    return { ok: errorsCount <= args.allowed, lines_count: lines.length, errors_count: errorsCount, errors };
  },
});
