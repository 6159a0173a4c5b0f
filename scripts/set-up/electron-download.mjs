/*
 * Run by electron.mjs as a process of its own, which can be ended when a closed network lets it hang: downloads the
 * pinned Electron into @electron/get's cache with Electron's own checksums, then lets the electron package unpack it.
 */
import { createRequire } from 'node:module';
import { startProgress } from './progress.mjs';

const proxied = process.env['HTTPS_PROXY'] ?? process.env['https_proxy'];
if (proxied) process.env['ELECTRON_GET_USE_PROXY'] ??= 'true';

const require = createRequire(import.meta.url);
const { version } = require('electron/package.json');
const { downloadArtifact } = await import('@electron/get');

const label = `Electron ${version}`;
/** @type {ReturnType<typeof startProgress> | undefined} */
let progress;
try {
  await downloadArtifact({
    version,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums: require('electron/checksums.json'),
    downloadOptions: {
      quiet: true,
      /** @param {{ transferred: number, total: number | null }} state */
      getProgressCallback({ transferred, total }) {
        progress ??= startProgress(label, { total });
        progress.update(transferred);
      },
    },
  });
  progress?.end('fetched, checksum verified');
  require('electron/install.js');
} catch (error) {
  const reason = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : error;
  console.error(String(reason).split('\n')[0]);
  process.exitCode = 1;
}
