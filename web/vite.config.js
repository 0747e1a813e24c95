// Two pages come out: the portal and the wallboard. Everything is a hashed file under /assets, so that the
// daemon may say "never changes" for them, and nothing is inlined, so that the content policy can stay strict.
import { defineConfig } from "vite";

// Few files weigh less than many: what both pages need is one, what every page of the portal needs another.
const groups = [
  { name: "base", test: /node_modules.preact|src.(api.(client|door|live-wire|refusal|wire\.)|words.(index|fill)|lib.(cell|clock|day|format|keys|level|live|live-model|names|number|series|session|time|today|later|view)\.|parts.(live-state|sign|state)\.)/ },
  { name: "shell", test: /src.(lib.(load|order|route)|parts.(chart\.|dialog|figure|icon|message|panel|table))/ },
];

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: "index.html", wall: "wall.html" }, output: { codeSplitting: { groups } } },
  },
  test: { include: ["tests/unit/**/*.test.ts"] },
});
