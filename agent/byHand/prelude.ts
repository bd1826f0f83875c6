import { BashLine, bash, Definition } from "./bash.ts";

/** What every script may need of its own: each part stands in a script only where it is used. */

/** `refuse "why"`. */
export const REFUSE = new Definition(
  "refuse",
  bash`# Says why it does not go on, and ends.
refuse() {
  printf '%s\n' "$1" >&2
  exit 1
}`,
);

/** `say "title"`. */
export const SAY = new Definition(
  "say",
  bash`# Says what comes next.
say() {
  printf '\n== %s\n' "$1"
}`,
);

const ASK = new Definition(
  "ask",
  bash`# Asks the person at the terminal, whatever standard input is; the answer is in REPLY.
ask() { # question, -s: what is typed is not shown
  { IFS= read -r "\${@:2}" -p "$1" </dev/tty 2>/dev/tty; } 2>/dev/null && return
  ${REFUSE} "There is no terminal here on which somebody could be asked: $1"
}`,
);

/** `confirm "what will be done" word`. */
export const CONFIRM = new Definition(
  "confirm",
  bash`# Asks before something is changed, unless the script was called with --yes.
yes=$*
confirm() { # what will be done, the word to type
  if [[ $yes == --yes ]]; then return; fi
  printf '\n%s\n' "$1"
  ${ASK} "Type $2 to do it: "
  [[ $REPLY == "$2" ]] || ${REFUSE} 'It was not confirmed. Nothing more is done.'
}`,
);

/** `by_hand "sentence"`. */
export const BY_HAND = new Definition(
  "by_hand",
  bash`# What no command here does: says it, and waits until somebody types that it is done.
by_hand() { # what is to be done
  printf '\nBY HAND: %s\n' "$1"
  REPLY=
  until [[ $REPLY == "done" ]]; do ${ASK} 'Type done when it is done: '; done
}`,
);

const SECRET = new Definition(
  "secret",
  bash`# Passphrases. No program is given one but by a descriptor: they are in no argument, no environment and no file of ours.
declare -A passphrases
secret() { # name
  printf '%s' "\${passphrases[$1]}"
}`,
);

/** `secret name`: prints a passphrase, for a descriptor to be read from. The script learns it before anything else is done. */
export const secretOf = (name: string): BashLine => BashLine.using(name, bash`${SECRET} ${name}`);

/** `know name "title"`: learns a passphrase before anything is done. */
export const KNOW = new Definition(
  "know",
  bash`# Learns a passphrase: from the file that SLACKWATER_SECRET_<NAME>_FILE names, else it is typed twice and not shown.
know() { # name, title
  local variable=SLACKWATER_SECRET_\${1^^}_FILE
  variable=\${variable//-/_}
  if [[ -n \${!variable:-} ]]; then
    passphrases[$1]=$(<"\${!variable}")
  else
    ${ASK} "$2: " -s
    passphrases[$1]=$REPLY
    ${ASK} $'\nThe same once more: ' -s
    printf '\n'
    [[ $REPLY == "$(${SECRET} "$1")" ]] || ${REFUSE} 'The two differ. Nothing was done.'
    REPLY=
  fi
  [[ -n \${passphrases[$1]} ]] || ${REFUSE} "The passphrase $1 is empty. Nothing was done."
}`,
);

/** `fact name "title"`: prints a path that was found out by an earlier script. Ends with 3 where nobody says it. */
export const FACT = new Definition(
  "fact",
  bash`# A path that an earlier script has found out: SLACKWATER_FACT_<NAME> says it, else it is asked for. Without it nothing is begun.
fact() { # name, title
  local variable=SLACKWATER_FACT_\${1^^} value
  variable=\${variable//./_}
  value=\${!variable:-}
  if [[ -z $value ]]; then
    { IFS= read -r -p "$2 ($1): " value </dev/tty 2>/dev/tty; } 2>/dev/null || true
  fi
  if [[ ! $value =~ ^/[A-Za-z0-9_./@:+-]*$ || $value == *..* ]]; then
    printf 'The fact %s (%s) is missing, a path from the root: say %s=/... before the command. Nothing was done.\n' "$1" "$2" "$variable" >&2
    exit 3
  fi
  printf '%s' "$value"
}`,
);

/** `$work`. */
export const WORK = new Definition(
  "work",
  bash`# A folder in memory for what is looked at on the way. It is gone when this ends.
work=$(mktemp -d -p /dev/shm slackwater.XXXXXX)
trap 'rm -rf -- "$work"' EXIT`,
);

/** `until_prints seconds text command…`. */
export const UNTIL_PRINTS = new Definition(
  "until_prints",
  bash`# Runs a command again and again until it prints just that text, for so many seconds at most.
until_prints() { # seconds, text, command and its words
  local end=$((SECONDS + $1)) text=$2
  shift 2
  until [[ $("$@" 2>/dev/null || true) == "$text" ]]; do
    if ((SECONDS >= end)); then return 1; fi
    sleep 0.2
  done
}`,
);
