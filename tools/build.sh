# Building: the web app, then the binary that embeds it. Sourced by ./dev.

# npm ci only when the lock file changed since the last one: it empties node_modules first.
npm_ci() {
  local stamp=$1/node_modules/.switchroom-lock
  [ -e "$stamp" ] && cmp -s "$1/package-lock.json" "$stamp" && return
  (cd "$1" && npm ci --no-audit --no-fund --ignore-scripts)
  cp "$1/package-lock.json" "$stamp"
}

build_web() {
  npm_ci web
  (cd web && npm run --silent build)
}

build_release() { cargo build --release --locked --bin switchroom; }

build_all() {
  need_rust
  need_web
  build_web
  build_release
  local binary=$CARGO_TARGET_DIR/release/switchroom
  say "$binary ($(stat -c %s "$binary") bytes)"
}

bench() {
  local names=("$@") name
  if [ ${#names[@]} = 0 ]; then names=($(basename -s .rs benches/*.rs)); fi
  build_release
  for name in "${names[@]}"; do
    say "bench $name"
    cargo bench --locked --bench "$name"
  done
}
