#!/bin/bash
# Says what it reads on standard input, one byte at a time with pauses, so that it comes in as many chunks as bytes.
while IFS= read -r -n 1 -d '' byte; do
  printf '%s' "$byte"
  sleep 0.02
done
printf ' end\n'
