# ./dev run: build, then start Switchroom on a real Asterisk, on captures of one, or on what the
# caller names.

run() {
  local arguments=() data= source=
  while [ $# -gt 0 ]; do
    case $1 in
      --queue-log | --config | --speed | --data | --listen)
        [ $# -gt 1 ] || stop "$1 needs a value" ;;&
      --queue-log) [ -e "$2" ] || say "$2 does not exist yet; Switchroom waits for it"
        source=file; arguments+=(--queue-log "$(realpath -m "$2")"); shift 2 ;;
      --config) source=file; arguments+=(--config "$(realpath -m "$2")"); shift 2 ;;
      --captures) source=${source:-captures}; shift ;;
      --speed) source=${source:-captures}; arguments+=(--speed "$2"); shift 2 ;;
      --data) data=$(realpath -m "$2"); shift 2 ;;
      --listen) arguments+=(--listen "$2"); shift 2 ;;
      *) stop "run does not know \"$1\"; ./dev help says what it takes" ;;
    esac
  done
  build_all
  [ -n "$source" ] || { start_office && source=office; } || source=captures
  case $source in
    office) run_office "${data:-$CARGO_TARGET_DIR/office}" "${arguments[@]}" ;;
    # What the demonstration keeps lies below target: it can be thrown away with it.
    captures) start_switchroom --demo --data "${data:-$CARGO_TARGET_DIR/demo}" "${arguments[@]}" ;;
    file) start_switchroom ${data:+--data "$data"} "${arguments[@]}" ;;
  esac
}

start_switchroom() {
  say "starting: switchroom run $*"
  exec "$CARGO_TARGET_DIR/release/switchroom" run "$@"
}

# A real Asterisk 22 with scripted telephones, as a process beside us: $office, telling where it
# is in $place/ready. Fails, having said why, where there is none.
start_office() {
  command -v python3 >/dev/null || need_apt "scripted telephones" python3
  say "a small office on a real Asterisk 22; the first time it is fetched (80 MB)"
  place=$(mktemp -d)
  tests/asterisk/demo "$place" &
  office=$!
  while [ ! -e "$place/ready" ]; do
    if ! kill -0 $office 2>/dev/null; then
      wait $office || true
      rm -rf "$place"
      say "no real Asterisk here (see above): playing captures of one instead"
      return 1
    fi
    sleep 0.2
  done
}

run_office() {
  local data=$1 queue_log manager_port folder; shift
  # shellcheck disable=SC1091 # lines NAME=VALUE
  . "$place/ready"
  trap 'kill $office 2>/dev/null || true; wait $office 2>/dev/null || true; rm -rf "$place"' EXIT
  mkdir -p "$data"
  # The secret that etc/asterisk ships; this Asterisk listens on the loopback only.
  (umask 077 && echo CHANGE-ME >"$place/manager-secret")
  printf '%s\n' '[log]' "path = \"$queue_log\"" '[store]' "data = \"$data\"" \
    '[office]' 'name = "Demonstration"' \
    '[ami]' "port = $manager_port" 'user = "switchroom"' "secret_file = \"$place/manager-secret\"" \
    '[tracker]' 'enabled = true' 'parkedcalls = true' 'outboundcalls = true' \
    '[recordings]' 'enabled = true' "spool = \"$folder/spool/monitor/switchroom\"" >"$place/switchroom.toml"
  say "earlier days are captures of a real Asterisk, imported"
  "$CARGO_TARGET_DIR/release/switchroom" import --data "$data" "$place/past"
  say "starting: switchroom run --config $place/switchroom.toml $*"
  "$CARGO_TARGET_DIR/release/switchroom" run --config "$place/switchroom.toml" "$@" &
  local switchroom=$! code=0
  # Ctrl-C reaches Switchroom by itself; told twice, it would leave at once.
  trap : INT
  trap 'kill $switchroom 2>/dev/null || true' TERM
  wait $switchroom || code=$?
  # A signal ends the waiting, not the program: it finishes what it reads first.
  while kill -0 $switchroom 2>/dev/null; do wait $switchroom || code=$?; done
  return $code
}
