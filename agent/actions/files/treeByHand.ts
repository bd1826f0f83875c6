import { bash, Definition } from "../../byHand/bash.ts";
import { REFUSE, WORK } from "../../byHand/prelude.ts";

/** `listing folder`: each entry that `walkTree` would come by, with what its manifest holds of it, in one order. */
export const LISTING = new Definition(
  "listing",
  bash`# Prints each file, folder and link of a tree with size, time, owner and mode; lost+found at its top belongs to the file system.
listing() { # folder
  (
    cd -- "$1"
    find . -mindepth 1 -path ./lost+found -prune -o \( -type f -printf '%p %s' -o -printf '%p' \) -printf ' %y %T@ %U:%G %m %l\0'
  ) | sort --zero-terminated | tr '\0' '\n'
}`,
);

/** `listed folder`: prints how many files there are, their bytes, and a SHA-256 of the listing. */
export const LISTED = new Definition(
  "listed",
  bash`# Prints the figures of a tree, and a digest that changes when anybody writes there.
listed() { # folder
  (cd -- "$1" && find . -path ./lost+found -prune -o -type f -printf '%s\n') |
    awk '{ bytes += $1 } END { printf "files|%d\nsize_bytes|%.0f\n", NR, bytes }'
  printf 'listing|%s\n' "$(${LISTING} "$1" | sha256sum | cut -c 1-64)"
}`,
);

const SHAPE = new Definition(
  "shape",
  bash`# Prints each name of a tree with its kind, its owner if that counts, the size of a file and the target of a link.
shape() { # folder, %U:%G or nothing
  (
    cd -- "$1"
    find . -mindepth 1 -path ./lost+found -prune -o -printf "%p %y $2" \( -type f -printf ' %s' -o -printf ' %l' \) -printf '\0'
  ) | sort --zero-terminated | tr '\0' '\n'
}`,
);

const CHECKSUMS = new Definition(
  "checksums",
  bash`# Prints a checksum of every file of a tree, read to its end.
checksums() { # folder, program
  (
    cd -- "$1"
    find . -path ./lost+found -prune -o -type f -print0 | sort --zero-terminated | xargs --null --no-run-if-empty "$2"
  )
}`,
);

/** `same_trees source copy program owners`: refuses, with the first names, where two trees differ in anything. */
export const SAME_TREES = new Definition(
  "same_trees",
  bash`# Refuses where a copy is not its source: names, kinds, sizes, links, and the contents of every file.
same_trees() { # source, copy, program that makes checksums, %U:%G where the owners must be the same
  local program=$3
  if ! command -v "$program" >/dev/null; then
    program=sha256sum
    printf '%s is not installed: %s does as well, and is slower.\n' "$3" "$program"
  fi
  ${SHAPE} "$1" "$4" >"$${WORK}/source"
  ${SHAPE} "$2" "$4" >"$${WORK}/copy"
  same_lines
  ${CHECKSUMS} "$1" "$program" >"$${WORK}/source"
  ${CHECKSUMS} "$2" "$program" >"$${WORK}/copy"
  same_lines
  printf '%s files are the same, by %s.\n' "$(wc -l <"$${WORK}/copy")" "$program"
}
same_lines() {
  if cmp --silent -- "$${WORK}/source" "$${WORK}/copy"; then return; fi
  diff -- "$${WORK}/source" "$${WORK}/copy" | head -n 20 >&2 || true
  ${REFUSE} 'The copy is not its source (< source, > copy). There is nothing to repair on the copy.'
}`,
);
