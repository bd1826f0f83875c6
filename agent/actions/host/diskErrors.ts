import { uptime } from "node:os";
import { hostDiskErrors } from "../../../domain/action/host.ts";
import { Failure } from "../../../domain/failure.ts";
import { toSafeText } from "../../../domain/text/safeText.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE } from "../../byHand/prelude.ts";
import { noteOf } from "../action.ts";
import { observing } from "../observing.ts";

/** Words with which the kernel reports a disk that fails; matched on the message, not on the device. */
const TROUBLE =
  /I\/O error|blk_update_request|critical (?:medium|target) error|Buffer I\/O|EXT4-fs error|XFS .*(?:corruption|error)|UNRECOVERED|ata\d+.*failed command/i;

/** Lines of `dmesg --raw`-like text (`[  12.345678] message`) that report trouble and are younger than `sinceUptimeS` seconds of uptime. */
export function troubleLines(log: string, sinceUptimeS: number): string[] {
  return log.split("\n").filter((line) => {
    const at = /^\[\s*(\d+\.\d+)\]/.exec(line)?.[1];
    return TROUBLE.test(line) && (at === undefined || Number(at) >= sinceUptimeS);
  });
}

/** `host.diskErrors` from the kernel's ring buffer. */
export const hostDiskErrorsAction = observing(hostDiskErrors, {
  plan: ({ lookBackMs }) => [
    { kind: "program", file: "dmesg", args: ["--kernel"], bash: [] },
    noteOf(`look in it for disks that fail, within ${lookBackMs} ms`, [
      bash`oldest=$(awk -v back=${Math.ceil(lookBackMs / 1000)} '{ printf "%d", ($1 > back) ? $1 - back : 0 }' /proc/uptime)`,
      bash`failing=$(dmesg --kernel | { grep --perl-regexp -i -e ${TROUBLE.source} || [[ $? == 1 ]]; } | awk -v oldest="$oldest" -F '[][]' '$2 == "" || $2 + 0 >= oldest')`,
      bash`[[ -z $failing ]] || ${REFUSE} "$failing"`,
    ]),
  ],
  run: async ({ lookBackMs }, context) => {
    try {
      const { stdout } = await context.program({
        file: "dmesg",
        args: ["--kernel"],
        debianPackage: "util-linux",
        stdout: { to: "callbacks" },
        captureBytes: 4 * 2 ** 20,
      });
      const lines = troubleLines(stdout.toString("latin1"), uptime() - lookBackMs / 1000);
      return {
        readable: true,
        errors_count: lines.length,
        lines: lines.slice(0, 20).map((line) => toSafeText(Buffer.from(line, "latin1")).slice(0, 400)),
      };
    } catch (error) {
      // A container may not read the kernel log. That is an answer (not readable), not zero errors.
      if (error instanceof Failure && error.code !== "cancelled" && error.code !== "timedOut") {
        return { readable: false, errors_count: 0, lines: [] };
      }
      throw error;
    }
  },
});
