import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { compileWasm } from '../../scripts/build/wasm.mjs';

it('the module that is kept in the repository is what its source compiles to', async () => {
  const kept = new URL('../../proxy/masking/scan/wasm/json-tape.generated.ts', import.meta.url);
  expect(await readFile(kept, 'utf8')).toBe(await compileWasm());
}, 240_000);
