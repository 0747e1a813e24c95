#!/bin/bash
# get-rust.sh FOLDER native|arm: unpacks Debian's Rust below FOLDER, installing nothing.
#
# A private apt root reads the mirrors this machine already uses, so neither its sources nor its
# architectures change (adding armhf to dpkg makes `apt-get update` fail on Debian 12, and the
# packages of three architectures cannot be installed side by side). With "arm" come the standard
# libraries for armv7 and arm64: arm64's from bookworm-security as the compiler itself, armhf's
# from trixie, because bookworm-security has no readable armhf index. All must be of one compiler
# version: the script stops if they are not.
set -euo pipefail
dest=$(realpath -m "$1") what=$2
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ "$(dpkg --print-architecture)" = amd64 ] || {
  echo "get-rust.sh: made for amd64; on this machine use: rustup target add armv7-unknown-linux-gnueabihf aarch64-unknown-linux-gnu" >&2
  exit 1
}

# The mirror of a suite as apt knows it, whichever way its sources are written.
mirror() { apt-get indextargets --format '$(SITE) $(CODENAME) $(LABEL)' 'Created-By: Packages' | awk -v label="$1" '$3 == label {print $1; exit}'; }
[ -n "$(apt-get indextargets 'Created-By: Packages' | head -c 1)" ] || apt-get -q update
main=$(mirror Debian) security=$(mirror Debian-Security)
[ -n "$main" ] && [ -n "$security" ] || { echo "get-rust.sh: apt has no Debian 12 sources (main and security)" >&2; exit 1; }

rm -rf "$dest" "$dest.part"
work=$dest.part
apt_root() { # name, then lines of sources.list
  local root=$work/apt/$1; shift
  mkdir -p "$root"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,etc/sources.list.d}
  : >"$root/status"
  printf '%s\n' "$@" >"$root/etc/sources.list"
  cat >"$root/apt.conf" <<C
Dir::State "$root/state"; Dir::State::status "$root/status"; Dir::Cache "$root/cache"; Dir::Etc "$root/etc";
APT::Architecture "amd64"; APT::Architectures { "amd64"; "armhf"; "arm64"; }; Acquire::Languages "none";
APT::Sandbox::User "$(id -un)";
C
  APT_CONFIG=$root/apt.conf apt-get -q update >/dev/null
}
from() { local root=$1; shift; (cd "$work/debs" && APT_CONFIG=$work/apt/$root/apt.conf apt-get -q download "$@" >/dev/null); }
needs() { dpkg -f "$1" Depends | grep -oE "$2" | head -n 1; }

mkdir -p "$work/debs"
apt_root bookworm "deb [arch=amd64 signed-by=$key] $main bookworm main" "deb [arch=amd64,arm64 signed-by=$key] $security bookworm-security main"
from bookworm rustc-web cargo-web rustfmt-web libstd-rust-web-dev
from bookworm "$(needs "$work"/debs/libstd-rust-web-dev_*_amd64.deb 'libstd-rust-web-[0-9][0-9.]*')"
from bookworm "$(needs "$work"/debs/libstd-rust-web-[0-9]*_amd64.deb 'libllvm[0-9]+')" libz3-4
if [ "$what" = arm ]; then
  from bookworm libstd-rust-web-dev:arm64
  apt_root trixie "deb [arch=armhf signed-by=$key] $main trixie main"
  from trixie libstd-rust-web-dev:armhf
fi

version() { dpkg -f "$1" Version | sed 's/+.*//'; }
want=$(version "$work"/debs/rustc-web_*)
for deb in "$work"/debs/libstd-rust-web-dev_*; do
  [ "$(version "$deb")" = "$want" ] || { echo "get-rust.sh: $(basename "$deb") is not of Rust $want; the mirrors are between two versions, try again later" >&2; exit 1; }
done
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/unpacked"; done
rm -rf "$work/debs" "$work/apt"

# rustc finds its own standard libraries from where it stands; only LLVM has to be pointed at.
for tool in rustc rustdoc cargo rustfmt cargo-fmt; do
  [ -e "$work/unpacked/usr/bin/$tool" ] || continue
  cat >"$work/$tool" <<'C'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/unpacked/usr
LD_LIBRARY_PATH=$(echo "$root"/lib/x86_64-linux-gnu "$root"/lib/llvm-*/lib | tr ' ' ':') exec "$root/bin/$(basename "$0")" "$@"
C
  chmod +x "$work/$tool"
done
mv "$work" "$dest"
"$dest/rustc" --version
