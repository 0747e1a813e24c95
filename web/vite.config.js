// Two pages come out: the portal and the wallboard. Everything is a hashed file under /assets, so that the
// daemon may say "never changes" for them, and nothing is inlined, so that the content policy can stay strict.
import { defineConfig } from "vite";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: "index.html", wall: "wall.html" } },
  },
  test: { include: ["tests/unit/**/*.test.ts"] },
});
