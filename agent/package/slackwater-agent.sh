#!/bin/sh
# The agent on the Node that its package brought.
exec /usr/lib/slackwater-agent/node /usr/lib/slackwater-agent/slackwater-agent.js "$@"
