// sizes.mjs BINARY: what each crate adds to a binary that still has its symbols:
//
//   CARGO_PROFILE_RELEASE_STRIP=none cargo build --release --locked --target-dir target/sizes
//   node tools/bench/sizes.mjs target/sizes/release/switchroom
//
// Counts code and constants with a name. What the compiler put inline counts for whom it was put
// into, and generic code counts for the crate that wrote it, so the figures are shares, not prices.
import { execFileSync } from "node:child_process";

const text = execFileSync("nm", ["-S", "--demangle", process.argv[2]], { encoding: "utf8", maxBuffer: 1 << 28 });
const std = new Set(["core", "alloc", "std", "rustc_demangle", "gimli", "addr2line", "object", "miniz_oxide", "hashbrown"]);
const sizes = new Map();
let total = 0;
for (const line of text.split("\n")) {
  const parts = /^[0-9a-f]+ ([0-9a-f]+) ([tTrRdDbBwWvV]) (.*)$/.exec(line);
  if (!parts || parts[2] === "b" || parts[2] === "B") continue; // zeroed memory is not in the file
  const bytes = parseInt(parts[1], 16);
  const name = parts[3].replace(/^(?:<|&|mut |dyn |\*const |\[|\()+/, "");
  let crate = /^([a-z_][a-z0-9_]*)(?:\[[0-9a-f]+\])?::/.exec(name)?.[1] ?? (name.includes("::") || /^(anon|str|vtable|_ZN)/.test(name) ? "unnamed" : "C (SQLite)");
  if (std.has(crate)) crate = "std";
  sizes.set(crate, (sizes.get(crate) ?? 0) + bytes);
  total += bytes;
}
for (const [crate, bytes] of [...sizes].sort((a, b) => b[1] - a[1])) {
  if (bytes >= 1024) console.log(`${(bytes / 1024).toFixed(0).padStart(6)} KiB ${((100 * bytes) / total).toFixed(1).padStart(5)} %  ${crate}`);
}
console.log(`${(total / 1024).toFixed(0).padStart(6)} KiB named in all`);
