import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Unpacks files of a zip, with their permissions.
 * @param {string | Buffer} zip a path, or the archive itself
 * @param {string} folder
 * @param {(path: string) => string | null} place the path under `folder` for a path in the zip; null leaves it out
 * @param {(bytes: number) => void} [onProgress] bytes written so far
 */
export async function unzip(zip, folder, place, onProgress) {
  // A dependency, so loaded only here: this module is imported before there are any.
  const yauzl = (await import('yauzl')).default;
  const archive = typeof zip === 'string' ? await yauzl.openPromise(zip) : await yauzl.fromBufferPromise(zip);
  let written = 0;
  for await (const entry of archive.eachEntry()) {
    const placed = entry.fileName.endsWith('/') ? null : place(entry.fileName);
    if (placed === null) continue;
    const target = resolve(folder, placed);
    if (!target.startsWith(resolve(folder) + sep))
      throw new Error(`the archive has a path that leads out of it: ${placed}`);
    await mkdir(dirname(target), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    const source = await archive.openReadStreamPromise(entry);
    source.on('data', (chunk) => {
      written += chunk.length;
      onProgress?.(written);
    });
    await pipeline(source, createWriteStream(target, { mode: mode || 0o644 }));
  }
}
