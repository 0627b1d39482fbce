# Completion of the enlace command for bash.

_enlace_options() {
  case $1 in
    call)
      echo --data --header --tenant --agent --conversation --collection --operation --timeout --max-attempts \
        --idempotent --idempotency-key --cache --cache-ttl --repeat --concurrency --interval --batch --trail --config
      ;;
    stream)
      echo --data --header --tenant --agent --conversation --collection --operation --timeout --max-attempts \
        --idempotent --idempotency-key --text --raw --format --first-event-timeout --between-events-timeout \
        --heartbeats --resume --trail --config
      ;;
    health) echo --timeout ;;
    explain) echo --operation ;;
    serve) echo --port ;;
    breakers) echo --token --service --set ;;
    top) echo --token --once ;;
    demo) echo --no-color --stay ;;
  esac
  echo --help
}

_enlace() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W "call stream health explain check serve breakers top demo --help --version" -- "$current")
    return
  fi
  case $previous in
    --operation)
      mapfile -t COMPREPLY < <(compgen -W "default embedding embedding_generation rag_query rag_search llm_generation \
        llm_stream agent_response agent_config batch_processing health_check" -- "$current")
      return
      ;;
    --set)
      mapfile -t COMPREPLY < <(compgen -W "automatic force_open force_closed observe" -- "$current")
      return
      ;;
    --format)
      mapfile -t COMPREPLY < <(compgen -W "auto sse ndjson" -- "$current")
      return
      ;;
    -c | --config | --batch)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    -d | --data)
      [[ $current == @* ]] && mapfile -t COMPREPLY < <(compgen -P @ -f -- "${current#@}")
      return
      ;;
    -H | --header | --tenant | --agent | --conversation | --collection | --timeout | --max-attempts | \
      --idempotency-key | --cache-ttl | --repeat | --concurrency | --interval | --port | \
      --first-event-timeout | --between-events-timeout | --token | --service)
      return
      ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_enlace_options "$command")" -- "$current")
  elif [[ $command == check ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ $command == call || $command == stream ]]; then
    mapfile -t COMPREPLY < <(compgen -W "GET POST PUT PATCH DELETE HEAD OPTIONS http:// https://" -- "$current")
  fi
}

complete -F _enlace enlace
