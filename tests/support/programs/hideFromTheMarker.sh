#!/bin/bash
# Starts a daemon that nothing but its control group tells of: another session, no parent, an empty environment, deaf to TERM. Says its number, and ends.
# shellcheck disable=SC2016
setsid env -i /bin/bash -c '(trap "" TERM; echo "daemon $BASHPID"; exec </dev/null >/dev/null 2>&1; while :; do /bin/sleep 1; done) & exit 0'
[ "$1" = wait ] && sleep 600
exit 0
