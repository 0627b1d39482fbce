#!/usr/bin/env bash
# Runs a script of this folder on a copy in FOLDER, where it first installs the browser's driver if it is not there yet.
# Exit status 77 says that the driver could not be had, so that nothing was tested.
# Usage: run.sh FOLDER SCRIPT [ARGUMENT...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
script=$2
shift 2

mkdir -p "$folder"
cd "$folder"
cp "$here"/{package.json,package-lock.json,*.mjs} .
if ! cmp -s package-lock.json node_modules/installed-lock.json; then
  if ! npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1; then
    cat npm.log >&2
    if grep -qE 'EINTEGRITY|EUSAGE' npm.log; then
      echo "$script: the lock file and what it names don't agree" >&2
      exit 1
    fi
    echo "$script: skipped, because npm can't install playwright-core"
    exit 77
  fi
  cp package-lock.json node_modules/installed-lock.json
fi
exec node "$script" "$@"
