#!/bin/sh
# The agent on the Node that its package brought. The flags keep its memory small: it waits most of the time, and is in nobody's way while it does.
exec /usr/lib/slackwater-agent/node --optimize-for-size --max-semi-space-size=1 /usr/lib/slackwater-agent/slackwater-agent.js "$@"
