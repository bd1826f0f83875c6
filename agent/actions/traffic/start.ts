import type { z } from "zod";
import { trafficStart } from "../../../domain/action/traffic.ts";
import { bash } from "../../byHand/bash.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import type { Action } from "../action.ts";
import { noteOf } from "../action.ts";
import { withClient } from "../postgres/connect.ts";
import { keptConnectionLimit } from "../postgres/kept.ts";
import { openSql } from "./closing.ts";
import { openedByHand } from "./closingByHand.ts";
import { isSwitchedOn, switchOff } from "./maintenanceSwitch.ts";

type Args = z.output<typeof trafficStart.args>;

/** `traffic.start`: the door first, the page last, so that nobody is let in before the database takes them. */
export const trafficStartAction: Action<typeof trafficStart.args, typeof trafficStart.result> = {
  spec: trafficStart,
  plan: ({ cluster, closeBy, connectionLimit, switchFile }) => [
    ...(closeBy === "none"
      ? []
      : [
          noteOf(
            `${openSql(cluster.database, closeBy, connectionLimit)}${closeBy === "connectionLimit" ? ", or what traffic.stop has kept" : ""}`,
            openedByHand(cluster, closeBy, connectionLimit),
          ),
        ]),
    ...(switchFile === "" ? [] : [noteOf(`remove ${switchFile}`, [bash`rm --force -- ${switchFile}`])]),
  ],
  run: start,
  // Safe to repeat: opening what is open changes nothing.
  inspect: async ({ switchFile }) =>
    switchFile !== "" && !(await isSwitchedOn(switchFile))
      ? { state: "halfWay", found: "The maintenance page is off." }
      : { state: "notBegun" },
};

async function start({ cluster, closeBy, connectionLimit, switchFile }: Args, context: ActionContext) {
  if (closeBy !== "none") {
    const limit = (await keptConnectionLimit(cluster)) ?? connectionLimit;
    await withClient(cluster, (client) => client.query(openSql(cluster.database, closeBy, limit)), "postgres");
  }
  const switched = await switchOff(switchFile);
  return { switched, is_open: true, started_at: context.now() };
}
