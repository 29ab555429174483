#!/bin/sh
# `npm test`: brings its own Bun and dependencies where they are missing, then runs test/run.ts with the same arguments.
set -eu
cd "$(dirname -- "$0")/.."
if sh .ci/bun --version >/dev/null; then
  exec sh .ci/bun test/run.ts "$@"
fi
echo '0 passed, 1 failed'
exit 1
