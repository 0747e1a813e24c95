// Two pages come out: the portal and the wallboard. Everything is a hashed file under /assets, so that the
// daemon may say "never changes" for them, and nothing is inlined, so that the content policy can stay strict.
import { defineConfig } from "vite";

// Few files weigh less than many: what both pages need is one, what every page of the portal needs another.
const groups = [
  { name: "base", test: /node_modules.preact|src.(api|words.index|lib.(cell|clock|format|keys|level|live|load|names|number|period|route|series|session|time|today|view)|parts.(figure|icon|live-state|state))/ },
  { name: "shell", test: /src.(lib.order|parts.(chart\.|dialog|live-tables|message|panel|queue-picker|table))/ },
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
