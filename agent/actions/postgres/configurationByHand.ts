import { bash, Definition } from "../../byHand/bash.ts";

/** The line that `SETTING` of configuration.ts finds, for sed and between double quotes. */
const SETTING = bash`data_directory[[:blank:]]*=?[[:blank:]]*'(([^'\\]|''|\\\\.)*)'.*`;

/** `points_at file otherwise`: prints the data directory that a postgresql.conf names; the last setting wins, as in the server. */
export const POINTS_AT = new Definition(
  "points_at",
  bash`# Prints the data directory that a configuration names; without one, what stands behind it.
points_at() { # postgresql.conf, directory where it names none
  local named
  named=$(sed -nE "s/^[[:blank:]]*${SETTING}\$/=\1/p" -- "$1" | tail -n 1 | sed "s/''/'/g")
  named=\${named#=}
  printf '%s\n' "\${named:-$2}"
}`,
);

/** `pointed_elsewhere file line`: prints the configuration with every earlier setting as a comment and that line at its end. */
export const POINTED_ELSEWHERE = new Definition(
  "pointed_elsewhere",
  bash`# Prints a configuration with another data directory: earlier settings become comments, one new line stands at the end.
pointed_elsewhere() { # postgresql.conf, the new line
  sed -E -e "s/^[[:blank:]]*(${SETTING})\$/# before Slackwater: \1/" -e T -e 's/[[:blank:]]+$//' -- "$1"
  if [[ -n $(tail -c 1 -- "$1") ]]; then printf '\n'; fi
  printf '%s\n' "$2"
}`,
);

/** `replace_file file`: what standard input holds takes the place of the file, whole or not at all, with owner and mode as before. */
export const REPLACE_FILE = new Definition(
  "replace_file",
  bash`# Puts what it reads in the place of a file, whole or not at all, with owner and mode as before.
replace_file() { # file
  cat >"$1.slackwater-new"
  chown --reference="$1" -- "$1.slackwater-new"
  chmod --reference="$1" -- "$1.slackwater-new"
  sync -- "$1.slackwater-new"
  mv --no-target-directory -- "$1.slackwater-new" "$1"
}`,
);
