# Building: the web app, then the binary that embeds it. Sourced by ./dev.

# npm ci only when the lock file changed since the last one: it empties node_modules first.
npm_ci() {
  local stamp=$1/node_modules/.switchroom-lock
  [ -e "$stamp" ] && cmp -s "$1/package-lock.json" "$stamp" && return
  (cd "$1" && npm ci --no-audit --no-fund --ignore-scripts)
  cp "$1/package-lock.json" "$stamp"
}

# Only when a source changed since the last build: new files in web/dist, even the same ones, make
# cargo build the binary that embeds them again. The mark lies among what vite empties first.
build_web() {
  local mark=web/dist/.sources now
  now=$(find web \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  [ "$(cat $mark 2>/dev/null)" != "$now" ] || return 0
  npm_ci web
  (cd web && npm run --silent build)
  echo "$now" >$mark
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
