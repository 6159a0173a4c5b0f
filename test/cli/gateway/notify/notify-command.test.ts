import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { run, temporaryFolder } from '../../run.ts';
import { receiver, status } from './receiver.ts';

let folder = '';
let secret = '';
let hook = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  secret = join(folder, 'secret');
  hook = join(folder, 'hook');
  await writeFile(secret, `whsec_${Buffer.alloc(32).toString('base64')}\n`, { mode: 0o600 });
  await writeFile(hook, `#!/bin/sh\ncat > '${folder}/got'\n`);
  await chmod(hook, 0o700);
});

const test = (...flags: readonly string[]) => run('notify', 'test', ...flags);

it('sends a sample over each way that is named, and says what came of it', async () => {
  const there = await receiver(status(204));
  await writeFile(join(folder, 'ca.pem'), there.certificate);
  const flags = [
    '--notify-webhook',
    there.url.href,
    '--notify-secret-file',
    secret,
    '--notify-ca-file',
    join(folder, 'ca.pem'),
  ];
  const { code, out } = await test('--notify-command', `${hook} 'a b'`, ...flags);
  expect(out).toMatch(
    new RegExp(
      `^sent to command ${hook}: it ended with 0\nsent to webhook ${there.url.origin}: it answered 204 in \\d+ ms$`,
    ),
  );
  expect(code).toBe(0);
  expect(JSON.parse(await readFile(join(folder, 'got'), 'utf8'))).toMatchObject({ type: 'test' });
  expect(there.received).toHaveLength(1);
});

it('fails where one of them does, and says why', async () => {
  const there = await receiver(status(500), { tls: false });
  const result = await test(
    '--notify-command',
    hook,
    '--notify-webhook',
    there.url.href,
    '--notify-secret-file',
    secret,
  );
  expect(result).toMatchObject({ code: 1, out: expect.stringContaining('sent to command') });
  expect(result.errors).toBe(`gatehouse: not sent to webhook ${there.url.origin}: it answered 500`);
});

describe('it is wrong usage, said with what to do,', () => {
  const hooked = (...more: readonly string[]) => ['--notify-webhook', 'https://hooks.example.com/', ...more];
  it.each([
    ['to name nothing', () => [], /nothing to test: give --notify-command or --notify-webhook/],
    ['to leave a quote open', () => ['--notify-command', `${hook} 'a`], /--notify-command: a quote is not closed/],
    ['to name an empty command', () => ['--notify-command', '  '], /--notify-command is empty/],
    [
      'to name a program that is nowhere',
      () => ['--notify-command', 'no-such-program-x'],
      /no-such-program-x is in no folder of PATH/,
    ],
    [
      'to name a file that is not there',
      () => ['--notify-command', '/no/such/hook'],
      /\/no\/such\/hook is no program that may be run/,
    ],
    ['to name a file that may not be run', () => ['--notify-command', secret], /is no program that may be run/],
    ['to name a folder', () => ['--notify-command', folder], /is no program that may be run/],
    ['to wait without end', () => ['--notify-command', hook, '--notify-timeout', '301'], /300 seconds at most/],
    ['to wait for nothing', () => ['--notify-command', hook, '--notify-timeout', '0'], /at least 1/],
    ['to name what is no URL', () => ['--notify-webhook', 'hooks'], /takes a URL such as https/],
    ['to use another protocol', () => ['--notify-webhook', 'ftp://h/'], /takes https, not "ftp:"/],
    [
      'to use http to another machine',
      () => ['--notify-webhook', 'http://hooks.example.com/x'],
      /use https for hooks\.example\.com/,
    ],
    ['to put a password into the URL', () => ['--notify-webhook', 'https://a:b@h/'], /takes no user name and password/],
    ['to send unsigned', () => hooked(), /--notify-secret-file is missing.*openssl rand/],
    [
      'to name no secret file that is there',
      () => hooked('--notify-secret-file', '/no/such'),
      /\/no\/such cannot be read \(ENOENT\)/,
    ],
    ['to name a device as secret file', () => hooked('--notify-secret-file', '/dev/zero'), /\/dev\/zero is no file/],
    ['to name a folder as secret file', () => hooked('--notify-secret-file', folder), /is no file/],
    [
      'to name no authorities that are there',
      () => hooked('--notify-secret-file', secret, '--notify-ca-file', '/no/such'),
      /ENOENT/,
    ],
    [
      'to name authorities that are none',
      () => hooked('--notify-secret-file', secret, '--notify-ca-file', secret),
      /holds no certificate in PEM/,
    ],
    [
      'to give a secret for nothing',
      () => ['--notify-command', hook, '--notify-secret-file', secret],
      /is for --notify-webhook, which is missing/,
    ],
  ] as const)('%s', async (_what, flags, says) => {
    const { code, out, errors } = await test(...flags());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toMatch(says);
    expect(errors).toContain('Run "gatehouse notify test --help"');
  });

  it.each([
    ['0640', 0o640],
    ['0604', 0o604],
    ['0660', 0o660],
    ['0644', 0o644],
  ])('to let others at the secret file (mode %s)', async (shown, mode) => {
    await chmod(secret, mode);
    const { code, errors } = await test(...hooked('--notify-secret-file', secret));
    expect(code).toBe(2);
    expect(errors).toContain(`others may use ${secret} (mode ${shown}): chmod 600 it`);
  });

  it('to name a secret that is none, which is not repeated', async () => {
    await writeFile(secret, 'hunter2-canary');
    const { code, errors } = await test(...hooked('--notify-secret-file', secret));
    expect(code).toBe(2);
    expect(errors).toMatch(/has a line that is not "whsec_"/);
    expect(errors).not.toContain('canary');
  });

  it.skipIf(process.getuid?.() !== 0)('to name a secret of another user (needs root to make one)', async () => {
    await chown(secret, 12_345, 12_345);
    const { code, errors } = await test(...hooked('--notify-secret-file', secret));
    expect(code).toBe(2);
    expect(errors).toMatch(/belongs to another user \(uid 12345\)/);
  });
});

it('a gateway checks the same before it makes anything', async () => {
  const data = join(folder, 'data');
  await mkdir(join(folder, 'kube'));
  const kubeconfig = join(folder, 'kube/config');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    }),
  );
  const flags = ['--kubeconfig', kubeconfig, '--write-kubeconfig', join(folder, 'c.yaml'), '--data', data];
  for (const [wrong, says] of [
    [['--notify-webhook', 'http://example.com/'], /use https for example\.com/],
    [['--log-level', 'loud'], /--log-level takes debug, info, warn or error, not "loud"/],
    [['--log-format', 'xml'], /--log-format takes text or json, not "xml"/],
  ] as const) {
    const { code, errors } = await run('gateway', ...flags, ...wrong);
    expect({ code, errors }).toMatchObject({ code: 2, errors: expect.stringMatching(says) });
  }
  await expect(readFile(data)).rejects.toMatchObject({ code: 'ENOENT' });
});
