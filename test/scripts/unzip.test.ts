import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unzip } from '../../scripts/set-up/unzip.mjs';

// A zip of a/kept ("kept\n") and a/left ("left\n"), stored.
const archive = zipOf({ 'a/kept': 'kept\n', 'a/left': 'left\n' });
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-unzip-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('unpacking a zip', () => {
  it('puts files where they belong and leaves others out', async () => {
    await unzip(archive, folder, (path) => (path === 'a/kept' ? 'b/kept' : null));
    expect(await readFile(join(folder, 'b/kept'), 'utf8')).toBe('kept\n');
    await expect(readFile(join(folder, 'a/left'))).rejects.toThrow('ENOENT');
  });
  it('refuses a place outside the folder', async () => {
    await expect(unzip(archive, folder, () => '../stolen')).rejects.toThrow('leads out of it');
  });
});

/** The smallest zip: local headers with the bytes, a central directory, its end (APPNOTE.TXT 4.3). */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(crc32(text), 10);
    fields.writeUInt32LE(text.length, 14);
    fields.writeUInt32LE(text.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name + text)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]);
}

function crc32(text: string): number {
  let sum = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
