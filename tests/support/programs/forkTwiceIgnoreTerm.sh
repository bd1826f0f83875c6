#!/bin/bash
# Leaves the session with a daemon that forked twice, ignores TERM, and goes on; says its number and waits itself, ignoring TERM too.
trap '' TERM
# shellcheck disable=SC2016
setsid bash -c '(trap "" TERM; echo "daemon $BASHPID"; while :; do sleep 1; done) & exit 0' &
wait
while :; do sleep 1; done
