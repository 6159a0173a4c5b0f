import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { commandLine } from '../../scripts/build/command-line.mjs';
import { kubeconfigToNowhere } from './nowhere.ts';
import { home, run, start, temporaryFolder } from './run.ts';

/* Two gateways that are told one --write-kubeconfig. */

let folder = '';
let client = '';
let own = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  client = join(folder, 'client', 'kubeconfig.yaml');
  own = await kubeconfigToNowhere(folder);
});

const flags = (data: string, ...more: string[]) => [
  'gateway',
  ...['--kubeconfig', own, '--data', join(folder, data), '--write-kubeconfig', client, ...more],
];

async function running(data: string, ...more: string[]) {
  const gateway = start(...flags(data, ...more));
  onTestFinished(async () => {
    gateway.stop();
    await gateway.exit;
  });
  await gateway.printed('ready');
  expect(gateway.errors.filter((line) => !line.startsWith('{'))).toEqual([]);
  return gateway;
}

/** A gateway in a process of its own, which can be killed. */
async function program(data: string, ...more: string[]): Promise<ChildProcess> {
  const environment = { ...process.env, HOME: home };
  const child = spawn(process.execPath, [commandLine, ...flags(data, ...more)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: environment,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface(child.stdout ?? process.stdin)) if (line.includes('ready')) return child;
  throw new Error('the gateway ended before it was ready');
}

const files = async () => {
  const names = (await readdir(join(folder, 'client'))).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, 'client', name), 'utf8')]));
};

const NAMES = ['', '.ca.crt', '.to-nowhere.crt', '.to-nowhere.key'].map((end) => `kubeconfig.yaml${end}`);

describe('of a gateway that lives', () => {
  test('the files stay as they are, the second says whose they are, and the first removes them', async () => {
    const first = await running('one');
    const before = await files();
    const { code, out, errors } = await run(...flags('two'));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const last = errors.split('\n').at(-1);
    expect(last).toMatch(
      /^gatehouse: --write-kubeconfig: .*kubeconfig\.yaml is in use by the gateway at https:\/\/127/,
    );
    expect(last).toContain(
      `with the data folder ${join(folder, 'one')} (process ${process.pid}): stop that one, or name`,
    );
    expect(await files()).toEqual(before);
    first.stop();
    expect(await first.exit).toBe(0);
    expect(await files()).toEqual([]);
    await running('two');
    expect((await files()).map(([name]) => name)).toEqual(NAMES);
  });

  test('of two that start at the same time one has them', async () => {
    const both = ['one', 'two'].map((data) => start(...flags(data)));
    onTestFinished(async () => {
      for (const gateway of both) gateway.stop();
      await Promise.all(both.map(({ exit }) => exit));
    });
    await Promise.all(both.map((gateway) => gateway.printed('ready')));
    const ready = both.filter(({ out }) => out.length > 0);
    expect(ready).toHaveLength(1);
    const kubeconfig = await readFile(client, 'utf8');
    expect(kubeconfig).toContain(ready[0]?.out[0]?.split(' ')[4]);
    expect((await files()).map(([name]) => name)).toEqual(NAMES);
  });

  test('one that cannot answer now may live: nothing is taken from it', async () => {
    const child = await program('one');
    child.kill('SIGSTOP');
    const before = await files();
    const { code, errors } = await run(...flags('two'));
    expect(code).toBe(1);
    expect(errors).toMatch(
      /whether .*kubeconfig\.yaml is still in use by the gateway at .* cannot be told, for its address takes connections and does not answer: stop that one and remove .*\.ca\.crt/,
    );
    expect(await files()).toEqual(before);
  });

  test('a copy of its data folder is another gateway', async () => {
    await running('one');
    await cp(join(folder, 'one'), join(folder, 'two'), {
      recursive: true,
      filter: (path) => !/\.sock$|lock$/.test(path),
    });
    const { code, errors } = await run(...flags('two'));
    expect(code).toBe(1);
    expect(errors).toContain('is in use by the gateway');
  });
});

describe('of a gateway that was killed', () => {
  const killed = async (data: string, ...more: string[]) => {
    const child = await program(data, ...more);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await files()).map(([name]) => name)).toEqual(NAMES);
  };

  test.each([
    ['the same data folder', 'one'],
    ['another', 'two'],
  ])('they are taken over with %s', async (_what, data) => {
    await killed('one');
    const before = await files();
    const gateway = await running(data);
    expect((await files()).map(([name]) => name)).toEqual(NAMES);
    expect(await files()).not.toEqual(before);
    gateway.stop();
    await gateway.exit;
    expect(await files()).toEqual([]);
  });

  test.each([
    ['says nothing of TLS', (server: Server) => server.on('connection', (socket) => socket.end('220 smtp\r\n'))],
    ['is another gateway', null],
  ])('also where what has its port now %s', async (_what, serve) => {
    const port = await freePort();
    const listen = ['--listen', `127.0.0.1:${port}`];
    await killed('one', ...listen);
    if (serve === null) {
      const elsewhere = client;
      client = join(folder, 'elsewhere.yaml');
      await running('three', ...listen);
      client = elsewhere;
    } else {
      const server = serve(createServer()).listen(port, '127.0.0.1');
      onTestFinished(() => void server.close());
      await once(server, 'listening');
    }
    await running('two');
    expect(await readFile(client, 'utf8')).not.toContain(`127.0.0.1:${port}`);
  });

  test('on the port that the next one takes itself', async () => {
    const listen = ['--listen', `127.0.0.1:${await freePort()}`];
    await killed('one', ...listen);
    await running('one', ...listen);
  });

  test('in another container it may live, as far as can be seen from here', async () => {
    await killed('one');
    const authority = `${client}.ca.crt`;
    const text = await readFile(authority, 'utf8');
    await writeFile(authority, text.replace(/"network":(?:null|"[^"]*")/, '"network":"net:[1]"'));
    const { code, errors } = await run(...flags('two'));
    expect(code).toBe(1);
    expect(errors).toMatch(/cannot be told, for it was started in another container, which cannot be seen from here/);
    await running('one');
  });
});

describe('at a stop', () => {
  test('what a person put in their place stays', async () => {
    const gateway = await running('one');
    await writeFile(client, 'mine');
    gateway.stop();
    expect(await gateway.exit).toBe(0);
    expect(await files()).toEqual([['kubeconfig.yaml', 'mine']]);
  });

  test('what another gateway has by now stays', async () => {
    const first = await running('one');
    await rm(join(folder, 'client'), { recursive: true });
    await running('two');
    const before = await files();
    first.stop();
    expect(await first.exit).toBe(0);
    expect(await files()).toEqual(before);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
