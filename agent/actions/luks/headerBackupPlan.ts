import type { z } from "zod";
import type { luksHeaderBackup } from "../../../domain/action/luks.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash } from "../../byHand/bash.ts";
import { REFUSE, WORK } from "../../byHand/prelude.ts";
import { programLine } from "../../byHand/programLine.ts";
import { KEY_FD, luksHeaderBackupCall, luksHeaderRestoreCall, testPassphraseCall } from "../../tools/cryptsetup.ts";
import type { PlannedCall } from "../action.ts";
import { noteOf } from "../action.ts";

type Args = z.output<typeof luksHeaderBackup.args>;

/** Room on the scratch copy behind the header (bytes): cryptsetup wants a device that is larger than its header. */
export const SCRATCH_ROOM_BYTES = 1024 * 1024;

/** What only the run knows: the folder in memory. */
const SCRATCH = "/dev/shm/…";

/** What `plan` says of a backup of the header: it lies unencrypted in memory for a moment, and never on a disk. */
export function headerBackupPlan({ volume, directory, recipients }: Args): readonly PlannedCall[] {
  if (volume.encryption === "none") return [noteOf("nothing: there is no header", [])];
  const saved = luksHeaderBackupCall(volume.path, `${SCRATCH}/header`);
  const restored = luksHeaderRestoreCall(`${SCRATCH}/copy`, `${SCRATCH}/header`);
  const tried = { ...testPassphraseCall(`${SCRATCH}/copy`, 0), secrets: { [KEY_FD]: "operational" } };
  return [
    { kind: "program", ...saved, bash: [inWork(saved)] },
    noteOf("a scratch file in memory, of the size of the header and a little more:", [
      bash`size=$(stat --format=%s -- "$${WORK}/header")`,
      bash`truncate --size="$((size + ${SCRATCH_ROOM_BYTES}))" -- "$${WORK}/copy"`,
    ]),
    { kind: "program", ...restored, bash: [inWork(restored)] },
    { kind: "program", ...tried, bash: [inWork(tried)] },
    noteOf(
      `encrypt the header with age to ${recipients.join(", ")} into ${directory}`,
      encryptedByHand(volume.name, directory, recipients),
    ),
  ];
}

/** A program with its scratch folder where the script has one. */
function inWork(program: Parameters<typeof programLine>[0]): BashLine {
  const words = program.args.map((word) =>
    typeof word === "string" && word.startsWith(`${SCRATCH}/`) ? bash`"$${WORK}"${word.slice(SCRATCH.length)}` : word,
  );
  return programLine({ ...program, args: words });
}

function encryptedByHand(name: string, directory: string, recipients: readonly string[]): readonly BashLine[] {
  if (recipients.length === 0) return [bash`${REFUSE} 'Nobody is named to whom the header is encrypted.'`];
  return [
    bash`command -v age >/dev/null || ${REFUSE} 'age is not installed (Debian: age).'`,
    bash`(umask 077 && mkdir --parents -- ${directory})`,
    bash`header=${directory}/luks-header-${name}-"$(date --utc +%Y%m%dT%H%M%SZ)".img.age`,
    bash`(umask 077 && age --encrypt ${recipients.flatMap((one) => ["--recipient", one])} <"$${WORK}/header" >"$header")`,
    bash`sync -- "$header"`,
    bash`sha256sum -- "$header"`,
  ];
}
