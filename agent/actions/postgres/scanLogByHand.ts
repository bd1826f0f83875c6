import type { z } from "zod";
import type { postgresScanLog } from "../../../domain/action/postgres.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash, Definition } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { dockerLogsCall } from "../../tools/docker.ts";
import { CRITICAL, ERROR, LOG_TAIL_BYTES, ONE_SESSION } from "./logWords.ts";
import { asked } from "./sqlByHand.ts";

const YOUNG_LINES = new Definition(
  "young_lines",
  bash`# Prints a log from the first line that is young enough. A time without a zone is UTC; one with another zone is by the log's own clock.
young_lines() { # seconds since 1970, zone of the log's clock
  awk -v utc="$(date --utc --date="@$1" '+%F %T')" -v clock="$(TZ=$2 date --date="@$1" '+%F %T')" '{
    head = $0; sub(/^[^0-9]/, "", head); time = substr(head, 1, 19); sub(/T/, " ", time)
    zone = substr(head, 20); sub(/^[.,][0-9]+/, "", zone); sub(/^ /, "", zone)
    if (zone ~ /^([+-][0-9][0-9]|[A-Z][A-Z][A-Z]?[A-Z]?[A-Z]?([^A-Za-z0-9_]|$))/ && zone !~ /^(UTC|GMT)/) since = clock; else since = utc
    if (time ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]$/ && time >= since) young = 1
    if (young) print
  }'
}`,
);

const MATCHING = new Definition(
  "matching",
  bash`# Lines that match, or none; an expression that can't be read is an error.
matching() {
  grep --perl-regexp "$@" || [[ $? == 1 ]]
}`,
);

const JUDGED = new Definition(
  "judged",
  bash`# Counts the lines that report an error, and refuses those from which nobody may go on.
judged() { # what is an error, what is critical, what FATAL may be about, what does not count; regular expressions
  local lines critical
  lines=$(${MATCHING} -e "$1" | if [[ -n $4 ]]; then ${MATCHING} -v -e "$4"; else cat; fi)
  critical=$(${MATCHING} -i -e "$2" <<<"$lines" && ${MATCHING} -e '\bFATAL\b' <<<"$lines" | ${MATCHING} -v -e "$3")
  printf 'errors|%s\ncritical|%s\n' "$(grep -c . <<<"$lines" || true)" "$(grep -c . <<<"$critical" || true)"
  head -n 20 <<<"\${critical:-$lines}"
  if [[ -n $critical ]]; then ${REFUSE} 'Something critical stands there.'; fi
}`,
);

/** How a person looks for errors in a log, by the same words as the action. */
export function scannedByHand(args: z.output<typeof postgresScanLog.args>): readonly BashLine[] {
  const { since, lookBackMs, benign } = args;
  const from =
    since > 0 ? bash`${Math.floor(since / 1000)}` : bash`"$(($(date +%s) - ${Math.ceil(lookBackMs / 1000)}))"`;
  const words = [ERROR.source, CRITICAL.source, ONE_SESSION.source, benign.join("|")];
  return [
    bash`since=${from}`,
    args.log === "postgres"
      ? bash`zone=$(${asked(args.cluster, "show log_timezone")} 2>/dev/null || true)`
      : bash`zone=`,
    bash`${logOf(args)} | ${YOUNG_LINES} "$since" "\${zone:-:/etc/localtime}" | ${JUDGED} ${words}`,
  ];
}

function logOf({ log, path, container, cluster }: z.output<typeof postgresScanLog.args>): BashLine {
  const inContainer = log === "container" ? container : log === "postgres" ? cluster.container : "";
  if (inContainer !== "") {
    const words = dockerLogsCall(inContainer, 0).args.map((word) =>
      word === "--since=0" ? bash`--since="$since"` : word,
    );
    return bash`docker ${words} 2>&1`;
  }
  const file = log === "file" ? path : cluster.logFile;
  return bash`if [[ -e ${file} ]]; then tail --bytes=${LOG_TAIL_BYTES} -- ${file}; fi`;
}
