#!/bin/bash
# Makes the text files of a built tree name another place, with the times that they
# have, so that nothing is built anew.
# usage: move_port.sh TREE FROM TO
set -euo pipefail

stamp=$(mktemp)
trap 'rm -f "$stamp"' EXIT
{ grep -rlIZF "$2" "$1" || true; } | while IFS= read -r -d '' file; do
  touch -r "$file" "$stamp"
  sed -i "s|$2|$3|g" "$file"
  touch -r "$stamp" "$file"
done
