import * as files from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { readPolicyFolder } from '../../../../proxy/policy/source/read-policy-folder.ts';
import type * as regularFile from '../../../../proxy/policy/source/regular-file.ts';
import { document } from '../policies.ts';

/** What happens each time a file has been read. */
let afterRead: (read: number) => Promise<void> = async () => undefined;
let reads = 0;

vi.mock('../../../../proxy/policy/source/regular-file.ts', async (original) => {
  const real = await original<typeof regularFile>();
  const readRegularFile = async (...words: Parameters<typeof real.readRegularFile>) => {
    const content = await real.readRegularFile(...words);
    reads += 1;
    await afterRead(reads);
    return content;
  };
  return { ...real, readRegularFile };
});

const OLD = document('  - {id: old, effect: allow, match: {verbs: ["*"]}}\n');
const NEW = document('  - {id: new, effect: deny, match: {verbs: ["*"]}}\n');
let folder = '';

/** Two files that are saved together. */
async function save(text: string): Promise<void> {
  for (const name of ['a', 'b']) {
    await files.writeFile(join(folder, `.${name}`), text.replace('name: p', `name: ${name}`));
    await files.rename(join(folder, `.${name}`), join(folder, `${name}.yaml`));
  }
}

beforeEach(async () => {
  folder = await files.mkdtemp('/tmp/gatehouse-policy-');
  onTestFinished(() => files.rm(folder, { recursive: true }));
  reads = 0;
  await save(OLD);
});

test('files that are saved between the reading of one and of the next are read again, together', async () => {
  afterRead = async (read) => {
    if (read === 1) await save(NEW);
  };
  const { rules, problems } = await readPolicyFolder(folder);
  expect(problems).toEqual([]);
  expect(rules.map(({ id }) => id)).toEqual(['a/new', 'b/new']);
});

test('a folder that never rests is a problem, and no policy', async () => {
  afterRead = (read) => save(read % 2 === 0 ? OLD : NEW);
  expect(await readPolicyFolder(folder)).toMatchObject({ rules: [], problems: [{ code: 'unsteady' }] });
});
