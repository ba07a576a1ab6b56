import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The service that `npm run dev` takes its live data from.
const service = process.env["VITALWATCH_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  // Relative addresses only: the page works below any path and without internet.
  base: "./",
  plugins: [svelte({ configFile: false })],
  worker: { format: "es" },
  build: {
    target: "es2022",
    sourcemap: false,
    // Beside the live page: the past, apart from it so that the two never mix; and every state of a tile, for eyes and for tests.
    rolldownOptions: { input: ["index.html", "replay/index.html", "dev/tiles/index.html"] },
  },
  server: { proxy: { "/ws": { target: service, ws: true } } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
