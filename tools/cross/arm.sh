# Building and testing for armv7 and arm64. Sourced by ./dev.
#
# The compiler: this machine's own where it has the target's standard library (a person with rustup
# runs `rustup target add`), else Debian's, unpacked by get-rust.sh into the cache. The linker and C
# compiler are Debian's cross gcc; programs run under qemu-user. Objects go to target/cross, apart
# from the machine's own, because the compiler may be another one.

# Bytes of a release binary for x86_64, and for ARM, whose linker packs no relocations.
release_limit=7800000
arm_limit=7200000

triple() {
  case $1 in
    armv7) echo armv7-unknown-linux-gnueabihf ;;
    arm64) echo aarch64-unknown-linux-gnu ;;
    *) stop "cross wants armv7 or arm64, not \"$1\"" ;;
  esac
}

arm_ready() {
  need_rust
  need_arm
  local sysroot; sysroot=$(rustc --print sysroot)
  if [ ! -d "$sysroot/lib/rustlib/armv7-unknown-linux-gnueabihf/lib" ] || [ ! -d "$sysroot/lib/rustlib/aarch64-unknown-linux-gnu/lib" ]; then
    if [ ! -x "$cache/rust-arm/rustc" ]; then
      say "this Rust has no libraries for ARM; unpacking Debian's Rust with them into $cache/rust-arm (about 1 GB)"
      tools/cross/get-rust.sh "$cache/rust-arm" arm
    fi
    export RUSTC=$cache/rust-arm/rustc RUSTDOC=$cache/rust-arm/rustdoc
  fi
  export CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER=arm-linux-gnueabihf-gcc
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
  export CC_armv7_unknown_linux_gnueabihf=arm-linux-gnueabihf-gcc CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc
  export CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_RUNNER="qemu-arm-static -L /usr/arm-linux-gnueabihf"
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64-static -L /usr/aarch64-linux-gnu"
}

cross_cargo() { cargo "$1" --locked --target-dir "$CARGO_TARGET_DIR/cross" "${@:2}"; }

# cross_release armv7|arm64: the binary, and the three things a box would stumble over.
cross_release() {
  local arch=$1 target binary
  target=$(triple "$arch")
  need_web
  build_web
  (
    arm_ready
    cross_cargo build --release --bin switchroom --target "$target"
  )
  binary=$CARGO_TARGET_DIR/cross/$target/release/switchroom
  check_binary "$arch" "$binary"
  say "$binary"
}

check_binary() {
  local arch=$1 binary=$2 machine needed bytes glibc
  machine=$(readelf -h "$binary" | sed -n 's/^ *Machine: *//p')
  needed=$(readelf -d "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
  glibc=$(readelf -V "$binary" | grep -oE 'GLIBC_2\.[0-9]+' | sort -uV | tail -n 1)
  bytes=$(stat -c %s "$binary")
  say "$arch: $machine, $bytes bytes, needs $needed(up to $glibc)"
  case $arch:$machine in
    armv7:ARM | arm64:AArch64 | x86_64:*X86-64*) ;;
    *) stop "$binary is for $machine, not $arch" ;;
  esac
  [ "$arch" != armv7 ] || readelf -A "$binary" | grep -q 'Tag_ABI_VFP_args: VFP registers' || stop "$binary is not hard-float"
  local library
  for library in $needed; do
    case $library in
      libc.so.6 | libm.so.6 | libgcc_s.so.1 | ld-linux-armhf.so.3 | ld-linux-aarch64.so.1 | ld-linux-x86-64.so.2) ;;
      *) stop "$binary needs $library, which a small box does not have" ;;
    esac
  done
  local limit=$arm_limit
  [ "$arch" != x86_64 ] || limit=$release_limit
  [ "$bytes" -le "$limit" ] || stop "$binary is larger than $limit bytes"
}

# cross_tests armv7|arm64: the rooms whose arithmetic and file work depend on the processor.
cross_tests() {
  local target; target=$(triple "$1")
  (
    arm_ready
    # Emulation is slow: fewer random cases per property than on the machine itself.
    export PROPTEST_CASES=${PROPTEST_CASES:-16}
    # Units, the lines of every version, and the captures of a real PBX, whole files at a time.
    cross_cargo test --target "$target" --package switchroom-core \
      --lib --test vectors --test line_captures --test capture
  )
}
