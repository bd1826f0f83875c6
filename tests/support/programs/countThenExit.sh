#!/bin/bash
# Counts to $1, one number every $2 seconds, on standard output and, every third, on standard error; then exits with $3.
for ((i = 1; i <= $1; i += 1)); do
  echo "line $i"
  if ((i % 3 == 0)); then echo "warning $i" >&2; fi
  sleep "$2"
done
exit "$3"
