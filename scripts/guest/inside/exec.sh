#!/usr/bin/env -S --default-signal=CHLD,INT,QUIT bash
# One command for the guest, started by nc for each connection to the control port:
#   in:  <nonce> <length in bytes> newline, then the command
#   out: <process group of the command> newline, what it writes (both streams), NUL, <nonce> <exit status>, newline
# env: nc and the shell that started it ignore these signals, and no shell can undo that for its children.
# The nonce is new each time, so that no output can be taken for the last line. The command runs in a copy of this
# shell: another bash would cost 70 ms here. Its time limit is the host's to keep, who has its process group.

IFS=' ' read -r nonce length || exit 1
LC_ALL=C IFS= read -r -d '' -N "$length" command
export DM_DISABLE_UDEV=1 # no udevd runs here: libdevmapper makes the nodes in /dev/mapper itself
cd /root || cd /
set -m # a process group for the command
(
	echo "$BASHPID"
	unset nonce length
	eval "$command"
) </dev/null 2>&1 &
wait $!
printf '\0%s %d\n' "$nonce" $?
