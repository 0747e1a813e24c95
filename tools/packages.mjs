// What we ship with and where it comes from, checked:
// - every crate of the Linux targets has a licence of the list below and builds with our Rust;
// - no crate is there in two versions, except those with a reason below;
// - no tracked file holds a path of one person's machine or the address of one package registry.
// Run by `./dev test packages`.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const licences = new Set(["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "Unlicense", "0BSD", "CC0-1.0", "Unicode-3.0", "BSL-1.0", "MIT-0", "Apache-2.0 WITH LLVM-exception"]);

// Two versions of a crate cost bytes twice. Each line says who holds the old one.
const twice = { getrandom: "ring holds 0.2; both only ask the system" };

const targets = ["x86_64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf", "aarch64-unknown-linux-gnu"];
const faults = [];

const run = (program, ...args) => execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
const metadata = JSON.parse(run("cargo", "metadata", "--locked", "--format-version", "1", ...targets.flatMap((target) => ["--filter-platform", target])));
const ours = metadata.packages.find((each) => each.id === metadata.resolve.root);

// "A OR B" is satisfied by one, "A AND B" by both; "/" is the old way to write OR.
const allowed = (expression) =>
  expression.split(/ OR |\//).some((choice) => choice.replace(/[()]/g, "").split(" AND ").every((part) => licences.has(part.trim())));
const number = (version) => version.split(".").slice(0, 2).reduce((sum, part) => sum * 1000 + Number(part), 0);

// Only what the product links: macros run in the compiler, and development packages never reach a box.
const shipped = new Set();
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
const macros = new Set(metadata.packages.filter((each) => each.targets.some((target) => target.kind.includes("proc-macro"))).map((each) => each.id));
const walk = (id) => {
  if (shipped.has(id) || macros.has(id)) return;
  shipped.add(id);
  for (const dep of nodes.get(id).deps) if (dep.dep_kinds.some((kind) => kind.kind === null)) walk(dep.pkg);
};
walk(metadata.resolve.root);

const versions = new Map();
for (const each of metadata.packages) {
  const present = nodes.has(each.id);
  if (!present) continue;
  if (each.id !== metadata.resolve.root && !allowed(each.license ?? "")) faults.push(`${each.name} ${each.version}: licence "${each.license}"`);
  if (each.rust_version && number(each.rust_version) > number(ours.rust_version)) faults.push(`${each.name} ${each.version} asks for Rust ${each.rust_version}, we promise ${ours.rust_version}`);
  if (shipped.has(each.id)) versions.set(each.name, [...(versions.get(each.name) ?? []), each.version]);
}
for (const [name, found] of versions) {
  if (found.length > 1 && !twice[name]) faults.push(`${name} is shipped in versions ${found.join(" and ")}`);
}
for (const name of Object.keys(twice)) if ((versions.get(name) ?? []).length < 2) faults.push(`${name} is no longer there twice: take it off the list in tools/packages.mjs`);

const foreign = [
  [/(?<![\w.])\/(?:home|Users)\/[a-z][\w-]*\//, "a home folder"],
  [/(?<![\w.$}])\/(?:root|work)\/[\w.]/, "a path of one machine"],
  [/"resolved":/, "a registry address (write lock files with omit-lockfile-registry-resolved)"],
];
const tracked = run("git", "ls-files", "-z").split("\0").filter(Boolean);
for (const path of tracked) {
  if (/\.(png|gz|woff2?|ico)$/.test(path) || path.startsWith("tests/captures/") || path === "tools/packages.mjs") continue;
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    continue; // deleted and not committed yet
  }
  for (const [pattern, what] of foreign) {
    const at = text.search(pattern);
    if (at >= 0) faults.push(`${path}:${text.slice(0, at).split("\n").length}: ${what}`);
  }
}

console.log(`packages: ${shipped.size - 1} crates shipped, ${nodes.size - 1} in all, ${tracked.length} tracked files read`);
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
