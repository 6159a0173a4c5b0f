import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { ValueKind } from '../../../cli/command/flag-value.ts';
import { lookAt } from '../../../cli/config/named-things.ts';
import { temporaryFolder } from '../run.ts';

let folder = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'file'), '');
  await writeFile(join(folder, 'bin', 'tell'), '#!/bin/sh\n');
  await chmod(join(folder, 'bin', 'tell'), 0o755);
  await symlink('nowhere', join(folder, 'dangling'));
});

const look = async (kind: ValueKind, value: string) => {
  const finding = await lookAt({ type: 'string', kind, says: '' }, value.replaceAll('$', folder), {
    PATH: join(folder, 'bin'),
  });
  return finding === null ? null : `${finding.says}: ${finding.message.replaceAll(folder, '$')}`;
};

describe('what a value names', () => {
  test.each<[kind: ValueKind, value: string, found: string | null]>([
    ['text', 'anything', null],
    ['number', '3', null],
    ['file', '$/file', null],
    ['file', '$/missing', 'wrong: $/missing does not exist'],
    ['file', '$/dangling', 'wrong: $/dangling does not exist'],
    ['file', '$', 'wrong: $ is a folder, and a file belongs there'],
    ['file', '$/file/x', 'wrong: $/file/x does not exist'],
    ['new-file', '$/new', null],
    ['new-file', '$/file', null],
    ['new-file', '$/made/on/the/way', null],
    ['new-file', '$', 'wrong: $ is a folder, and a file is written there'],
    ['new-file', '$/file/x', 'wrong: $/file/x cannot be made: $/file is not a folder'],
    ['folder', '$', null],
    ['folder', '$/new', 'noted: $/new does not exist, and would be made'],
    ['folder', '$/file', 'wrong: $/file is not a folder'],
    ['folder', '$/file/x', 'wrong: $/file/x does not exist'],
    ['command', 'tell', null],
    ['command', '$/bin/tell --all "a b"', null],
    ['command', '"$/bin/tell" x', null],
    ['command', 'telll', 'wrong: no program "telll" is in PATH'],
    ['command', '$/file x', 'wrong: $/file cannot be run by this user: chmod +x it'],
    ['command', '$/missing', 'wrong: $/missing does not exist'],
    ['command', '$/bin', 'wrong: $/bin cannot be run by this user: chmod +x it'],
    ['group', '1000', null],
    ['group', 'no-such-group-here', expect.stringMatching(/^noted: there is no group/)],
    ['address', '127.0.0.1:0', null],
    [
      'address',
      '192.0.2.1:7443',
      expect.stringMatching(/^wrong: 192\.0\.2\.1:7443 cannot be listened on \(EADDRNOTAVAIL\)/),
    ],
  ])('%s %s', async (kind, value, found) => {
    expect(await look(kind, value)).toEqual(found);
  });

  test('an address that somebody listens on, and one that is free again at once', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    expect(await look('address', `127.0.0.1:${port}`)).toMatch(/^noted: something listens on/);
    await new Promise((closed) => server.close(closed));
    expect(await look('address', `127.0.0.1:${port}`)).toBeNull();
    expect(await look('address', `127.0.0.1:${port}`)).toBeNull();
  });

  const isRoot = userInfo().uid === 0;
  test.skipIf(isRoot)('what this user may not read or write (not as root, who may)', async () => {
    await chmod(join(folder, 'file'), 0);
    expect(await look('file', '$/file')).toBe('wrong: $/file may not be read by this user');
    await chmod(folder, 0o500);
    onTestFinished(() => chmod(folder, 0o700));
    expect(await look('new-file', '$/new')).toBe('wrong: $/new cannot be made: this user may not write in $');
    expect(await look('folder', '$/new')).toBe('wrong: $/new cannot be made: this user may not write in $');
    expect(await look('address', '127.0.0.1:80')).toMatch(/EACCES|listens on/);
  });
});
