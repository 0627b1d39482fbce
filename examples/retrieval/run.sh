#!/usr/bin/env bash
# Agent to query to embedding, three processes. Usage: run.sh FOLDER_OF_THE_PROGRAMS
set -euo pipefail
programs=$1
scratch=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$scratch"' EXIT

# Starts a service and waits, at most 10 s, for the URL that it prints.
start() {
  local name=$1
  shift
  "$programs/$name" "$@" >"$scratch/$name" &
  pids+=($!)
  for _ in $(seq 200); do
    [ -s "$scratch/$name" ] && break
    sleep 0.05
  done
  url=$(head -n 1 "$scratch/$name")
}

start retrieval_embedding
start retrieval_query "$url"
"$programs/retrieval_agent" "$url"
