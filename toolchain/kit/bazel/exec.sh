#!/bin/bash
# A test has a home of its own; what is compiled for it goes there too.
set -euo pipefail
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-${TEST_TMPDIR:-$HOME}/.cache}
exec "$(dirname "$(readlink -f "$0")")/../../../bin/slipway-exec" "$@"
