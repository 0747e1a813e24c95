# ./dev run: build, then start Switchroom on the demonstration office or on what the caller names.

run() {
  local arguments=() data= listen= source=demo
  while [ $# -gt 0 ]; do
    case $1 in
      --queue-log | --config | --speed | --data | --listen)
        [ $# -gt 1 ] || stop "$1 needs a value" ;;&
      --queue-log) [ -e "$2" ] || say "$2 does not exist yet; Switchroom waits for it"
        source=file; arguments+=(--queue-log "$(realpath -m "$2")"); shift 2 ;;
      --config) source=file; arguments+=(--config "$(realpath -m "$2")"); shift 2 ;;
      --speed) arguments+=(--speed "$2"); shift 2 ;;
      --data) data=$2; shift 2 ;;
      --listen) listen=$2; shift 2 ;;
      *) stop "run does not know \"$1\"; ./dev help says what it takes" ;;
    esac
  done
  [ $source = demo ] && arguments+=(--demo)
  # The demonstration keeps its data below target: it can be thrown away with it.
  [ -n "$data" ] || [ $source = file ] || data=$CARGO_TARGET_DIR/demo
  [ -n "$data" ] && arguments+=(--data "$(realpath -m "$data")") && mkdir -p "$data"
  [ -n "$listen" ] && arguments+=(--listen "$listen")
  build_all
  say "starting: switchroom run ${arguments[*]}"
  exec "$CARGO_TARGET_DIR/release/switchroom" run "${arguments[@]}"
}
