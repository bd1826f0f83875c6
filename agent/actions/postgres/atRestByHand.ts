import type { PostgresTarget } from "../../../domain/action/postgresTarget.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash, Definition } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { pgControldataCall } from "../../tools/pgControldata.ts";
import { LET_GO } from "../openFilesByHand.ts";
import { POINTS_AT } from "./configurationByHand.ts";

const AT_REST = new Definition(
  "at_rest",
  bash`# Refuses a data directory that is not at rest: cleanly shut down, no server, no open file.
at_rest() { # folder, what pg_controldata says of it
  local state
  state=$(sed -n 's/^Database cluster state: *//p' <<<"$2")
  printf '%s: %s\n' "$1" "$state"
  if [[ $2 == *WARNING* ]]; then ${REFUSE} "pg_controldata does not trust $1."; fi
  if [[ $state != "shut down" && $state != "shut down in recovery" ]]; then ${REFUSE} "$1 was not shut down cleanly."; fi
  if [[ -e $1/postmaster.pid ]]; then ${REFUSE} "$1/postmaster.pid is there: a server runs, or was killed."; fi
  ${LET_GO} "$1"
}`,
);

/** How a person proves that a data directory is at rest: that one, or where the cluster points when none is named. Undefined for a container: its programs can't be run while it is stopped. */
export function atRestByHand(cluster: PostgresTarget, directory: string): readonly BashLine[] | undefined {
  if (cluster.kind === "docker") return undefined;
  const { file, args } = pgControldataCall(cluster.binDir, "");
  const prove = (folder: BashLine) => {
    const words = args.map((word) => (word === "" ? folder : word));
    return bash`${AT_REST} ${folder} "$(${[file, ...words]} 2>&1)"`;
  };
  return directory === ""
    ? [bash`resting=$(${POINTS_AT} ${cluster.configFile} ${cluster.dataDir})`, prove(bash`"$resting"`)]
    : [prove(bash`${directory}`)];
}
