# ./dev fuzz: the targets of fuzz/, run for a while each. Sourced by ./dev.
#
# Coverage comes from the stable compiler's own pass, so that neither a nightly toolchain nor
# cargo-fuzz is needed; what finds a fault is our assertions, overflow checks and panics, not a
# sanitizer.

fuzz_flags=(
  -Cpasses=sancov-module
  -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
  -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares
  -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1
)

# fuzz [--seconds N] [TARGET…]
fuzz() {
  local seconds=60 names=()
  while [ $# -gt 0 ]; do
    case $1 in
      --seconds) seconds=${2:?--seconds wants a number}; shift 2 ;;
      *) names+=("$1"); shift ;;
    esac
  done
  if [ ${#names[@]} = 0 ]; then names=($(basename -s .rs fuzz/fuzz_targets/*.rs)); fi
  need_rust
  local host; host=$(rustc -vV | sed -n 's/^host: //p')
  (cd fuzz && RUSTFLAGS="${fuzz_flags[*]}" CARGO_TARGET_DIR=$CARGO_TARGET_DIR/fuzz cargo build --release --target "$host")
  local name found failed=()
  for name in "${names[@]}"; do
    # What is found goes below the target folder; what is worth keeping is moved to the corpus by hand.
    found=$CARGO_TARGET_DIR/fuzz/found/$name
    mkdir -p "$found"
    say "fuzz $name for $seconds s; new inputs and crashes go to $found"
    "$CARGO_TARGET_DIR/fuzz/$host/release/$name" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 \
      -artifact_prefix="$found/" "$found" "fuzz/corpus/$name" || failed+=("$name")
  done
  [ ${#failed[@]} = 0 ] || stop "faults found by: ${failed[*]}"
}
