import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { keepEffects } from './scripts/build/keep-effects.mjs';
import { BUNDLE_LIST } from './scripts/build/licences.mjs';

const folder = (...parts: string[]) => resolve(import.meta.dirname, ...parts);

// What ships runs on Electron 33 (Node 20.18, Chromium 130) and newer, whichever Electron builds it.
const nodeTarget = 'node20.18';
const browserTarget = 'chrome130';
// The build takes these lists away again, and writes the licences of what is in them.
const license = { fileName: BUNDLE_LIST };

export default defineConfig({
  main: {
    // Packages stay in node_modules; our own code is bundled, one entry for each process and thread.
    build: {
      outDir: folder('out/main'),
      license,
      target: nodeTarget,
      rollupOptions: {
        treeshake: keepEffects,
        input: {
          index: folder('main/index.ts'),
          'gateway-host': folder('main/gateway-host/index.ts'),
          'large-body-worker': folder('proxy/large-bodies/worker.ts'),
          'terminal-host': folder('main/terminal-host/index.ts'),
          'demo-host': folder('main/demo-host/index.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    // A sandboxed preload can require nothing but Electron's own few modules: one CommonJS file with all in it.
    build: {
      externalizeDeps: false,
      outDir: folder('out/preload'),
      license,
      target: nodeTarget,
      rollupOptions: {
        input: { index: folder('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: folder('renderer'),
    plugins: [react()],
    build: {
      outDir: folder('out/renderer'),
      license,
      target: browserTarget,
      // The documents' policies allow files of the app's own origin alone: nothing inline, no data: fonts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: {
          index: folder('renderer/index.html'),
          'terminal-frame': folder('renderer/terminal-frame/index.html'),
          'approvals-frame': folder('renderer/approvals-frame/index.html'),
          'secret-frame': folder('renderer/secret-frame/index.html'),
          player: folder('renderer/player/index.html'),
          'policy-review': folder('renderer/policy-review/index.html'),
          'sign-in': folder('renderer/sign-in/index.html'),
        },
      },
    },
  },
});
