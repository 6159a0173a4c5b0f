const ENDINGS = ['', '.ts', '.tsx', '.mjs', '/index.ts', '/index.tsx'];

/**
 * The file that an import means. Ours are written with their ending, but the compiler and the bundler would take others
 * too, and a wall must not be passed by leaving it out.
 * @param {ReadonlyMap<string, unknown>} files
 * @param {string} path
 * @returns {string | null}
 */
export function resolvePath(files, path) {
  const candidates = [...ENDINGS.map((ending) => path + ending)];
  if (/\.[cm]?jsx?$/.test(path))
    candidates.push(path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'), path.replace(/\.js$/, '.tsx'));
  return candidates.find((candidate) => files.has(candidate)) ?? null;
}
