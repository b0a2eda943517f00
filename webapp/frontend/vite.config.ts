// Islands for pages that Flask renders: named by their content, found by the manifest, and all that they need in one folder.
import { defineConfig } from "vite";

export default defineConfig({
  base: "./", // chunks find each other beside themselves, wherever the pages are served
  build: {
    outDir: "../static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    target: "es2023",
    assetsInlineLimit: 0, // our pages let in no data: but images
    rolldownOptions: { input: { look: "src/look.css", editor: "src/editor.tsx" } },
  },
});
