import { bash, Definition } from "../byHand/bash.ts";
import { REFUSE } from "../byHand/prelude.ts";

/** `let_go folder`: refuses while a process has something open below the folder, as `openBelow` looks for it. */
export const LET_GO = new Definition(
  "let_go",
  bash`# Refuses while a process has a file open below a folder, works in it, or has a file of it mapped. Only root sees all of them.
let_go() { # folder
  local link target
  while IFS= read -r -d '' link && IFS= read -r -d '' target; do
    if [[ $target == "$1" || $target == "$1"/* ]]; then ${REFUSE} "$link has $target open."; fi
  done < <(find /proc/[0-9]*/cwd /proc/[0-9]*/fd -maxdepth 1 -type l -printf '%p\0%l\0' 2>/dev/null)
  if grep -qsF -- " $1/" /proc/[0-9]*/maps; then ${REFUSE} "A process has a file below $1 in its memory."; fi
}`,
);
