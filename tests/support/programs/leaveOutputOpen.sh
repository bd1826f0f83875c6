#!/bin/bash
# Ends at once, but leaves a child that keeps standard output open for a minute.
echo "before"
sleep 60 &
exit 0
