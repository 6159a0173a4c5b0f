import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../set-up/cache-folder.mjs';

/** Relative to the repository. */
const SOURCE = 'proxy/masking/scan/wasm/assembly/json-tape.ts';
const generated = join(repository, 'proxy/masking/scan/wasm/json-tape.generated.ts');

/**
 * Compiles the byte scanner. The module is kept in the repository as text, so that the gateway is bundled, tested and
 * run without a compiler; a test compares the two.
 * @returns {Promise<string>} the generated file's text
 */
export async function compileWasm() {
  const asc = await import('assemblyscript/asc');
  /** @type {Uint8Array | null} */
  let module = null;
  const { error, stderr } = await asc.main(
    [
      ...[SOURCE, '--outFile', 'json-tape.wasm', '--baseDir', repository, '--config', 'none'],
      ...['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd,bulk-memory'],
      // Four pages: the piece and the tape behind it. It never grows.
      ...['--initialMemory', '4', '--maximumMemory', '4'],
    ],
    {
      writeFile(name, contents) {
        if (name.endsWith('.wasm') && typeof contents !== 'string') module = contents;
      },
    },
  );
  if (error !== null || module === null) throw new Error(`the byte scanner does not compile:\n${stderr.toString()}`);
  const text = Buffer.from(module).toString('base64');
  return `// Made by scripts/build/wasm.mjs out of assembly/json-tape.ts; \`npm run build\` makes it anew.\nexport const JSON_TAPE =\n  '${text}';\n`;
}

/** Writes the generated file where it differs. */
export async function buildWasm() {
  const text = await compileWasm();
  if ((await readFile(generated, 'utf8').catch(() => '')) !== text) await writeFile(generated, text);
}
