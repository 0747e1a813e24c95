# ./dev test: the steps CI runs, each with a heading and its time. Sourced by ./dev.
#
# A failing step does not hide the others: all run, and the last lines say which failed.

steps=(fmt packages web clippy rust release e2e asterisk arm cross)

describe() {
  case $1 in
    fmt) echo "formatting" ;;
    packages) echo "licences, Rust versions and traces of one machine" ;;
    web) echo "web app: types, tests, build, size" ;;
    clippy) echo "lints, for Rust $rust_floor" ;;
    rust) echo "unit, contract, capture and layers tests" ;;
    release) echo "release binary: libraries and size" ;;
    e2e) echo "the whole program in Chromium, with axe" ;;
    asterisk) echo "real calls on Asterisk 22 and 16" ;;
    arm) echo "parser, model and store on emulated armv7 and arm64" ;;
    cross) echo "release binaries for armv7 and arm64" ;;
  esac
}

step_fmt() {
  need_rust
  if ! cargo fmt --version >/dev/null 2>&1; then say "this Rust has no rustfmt: formatting is not checked"; return 77; fi
  cargo fmt --all --check
}

step_packages() {
  need_rust
  need_web
  node tools/packages.mjs
}

step_web() {
  need_web
  npm_ci web
  (cd web && npm run --silent check && npm run test)
  build_web
  (cd web && npm run --silent size)
}

step_clippy() {
  need_rust
  # Debian packages rustc, cargo and rustfmt of this version, but not clippy.
  if ! cargo clippy --version >/dev/null 2>&1; then say "this Rust has no clippy: lints are not checked"; return 77; fi
  cargo clippy --locked --workspace --all-targets -- -D warnings
}

step_rust() {
  need_rust
  if need_age; then export SWITCHROOM_NEED_AGE=1; fi
  cargo test --locked --workspace
}

step_release() {
  need_rust
  need_web
  [ -d web/dist ] || build_web
  build_release
  check_binary "$(uname -m | sed 's/aarch64/arm64/')" "$CARGO_TARGET_DIR/release/switchroom"
}

step_e2e() {
  need_rust
  need_web
  need_chromium
  [ -d web/dist ] || build_web
  build_release
  npm_ci tests/e2e
  # With SWITCHROOM_PICTURES=docs the picture of the README is taken anew; a test run leaves the tree clean.
  SWITCHROOM_PICTURES=${SWITCHROOM_PICTURES:-$CARGO_TARGET_DIR/e2e} SWITCHROOM=$CARGO_TARGET_DIR/release/switchroom \
    node --test --test-reporter=spec tests/e2e/portal.test.mjs tests/e2e/events.test.mjs tests/e2e/acts.test.mjs \
    tests/e2e/recordings.test.mjs
}

step_asterisk() {
  need_rust
  need_web
  need_apt "scripted telephones" python3
  [ -d web/dist ] || build_web
  build_release
  SWITCHROOM=$CARGO_TARGET_DIR/release/switchroom tests/asterisk/run
}

step_arm() {
  local arch
  for arch in armv7 arm64; do
    say "$arch under qemu-user"
    cross_tests "$arch"
  done
}

step_cross() {
  local arch
  for arch in armv7 arm64; do cross_release "$arch"; done
}

run_steps() {
  if [ "${1:-}" = --list ]; then
    local name; for name in "${steps[@]}"; do printf '%-10s %s\n' "$name" "$(describe "$name")"; done
    return
  fi
  local chosen=("$@") step began=$SECONDS lines=() failed=() number=0 start code
  [ $# -gt 0 ] || chosen=("${steps[@]}")
  for step in "${chosen[@]}"; do
    [ -n "$(describe "$step")" ] || stop "no step called \"$step\"; ./dev test --list names them"
  done
  for step in "${chosen[@]}"; do
    number=$((number + 1)) start=$SECONDS code=0
    printf '\n==== %d/%d %s: %s\n' "$number" ${#chosen[@]} "$step" "$(describe "$step")"
    # A process of its own, because `set -e` does not hold inside a function whose result is asked for.
    "$BASH" -c 'set -euo pipefail; target=$CARGO_TARGET_DIR; cache=$1; . tools/need.sh; . tools/build.sh; . tools/cross/arm.sh; . tools/test.sh; "step_$2"' step "$cache" "$step" || code=$?
    case $code in
      0) code=passed ;;
      77) code=skipped ;;
      *) code=FAILED; failed+=("$step") ;;
    esac
    lines+=("$(printf '%-10s %-8s %5d s  %s' "$step" "$code" $((SECONDS - start)) "$(describe "$step")")")
    printf '==== %s %s after %d s\n' "$step" "$code" $((SECONDS - start))
  done
  printf '\n'
  printf '%s\n' "${lines[@]}"
  if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s (%d s in all)\n' "${failed[*]}" $((SECONDS - began))
    exit 1
  fi
  printf 'all passed in %d s\n' $((SECONDS - began))
}
