import { existsSync, readFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { testNotification } from '../../../../cli/gateway/notify/notification.ts';
import { notifyProgram } from '../../../../cli/gateway/notify/notify-program.ts';
import { canRunOut, withoutDescriptors } from '../../no-descriptors.ts';
import { temporaryFolder } from '../../run.ts';

if (!canRunOut) console.log('not tried without file descriptors: prlimit is not here');

const from = { cluster: 'prod', context: 'prod', host: 'srv', user: 'local:ada', dataFolder: '/data' };
const notification = testNotification(from);

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function run(
  script: string,
  {
    args = [] as readonly string[],
    timeLimit = 60_000,
    environment = process.env,
    signal = new AbortController().signal,
  } = {},
) {
  const program = join(folder, 'hook');
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o700);
  return notifyProgram({ program, args, timeLimit, environment }).send(notification, signal);
}

const kept = (name: string) => readFile(join(folder, name), 'utf8');
/** What nobody has collected yet (Z) is over all the same. */
function isAlive(pid: string): boolean {
  try {
    return !/ Z \d/.test(readFileSync(`/proc/${pid.trim()}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it('gets the notification on its standard input, as one line', async () => {
  expect(await run(`cat > ${folder}/got`)).toEqual({ isSent: true, says: 'it ended with 0' });
  expect(await kept('got')).toBe(`${notification.body}\n`);
});

it('gets its arguments as they are: no shell reads them', async () => {
  await run(`printf '<%s>' "$@" > ${folder}/got`, { args: ['$(id)', 'a b', '`id`', "'", ''] });
  expect(await kept('got')).toBe(`<$(id)><a b><\`id\`><'><>`);
});

it('gets neither the credentials of the environment nor open files, and stands in no folder of ours', async () => {
  const environment = { PATH: process.env['PATH'], LANG: 'C', AWS_SECRET_ACCESS_KEY: 'canary', KUBECONFIG: '/k' };
  await run(`env > ${folder}/env; pwd > ${folder}/pwd; echo /proc/self/fd/* > ${folder}/fds`, { environment });
  expect(await kept('env')).not.toMatch(/canary|KUBECONFIG/);
  expect(await kept('pwd')).toBe('/\n');
  // Beside the three: the script, and the folder that the shell lists.
  expect((await kept('fds')).trim().split(' ').length).toBeLessThanOrEqual(5);
});

it('need not read what it is given', async () => {
  expect(await run('exec 0<&-; exit 0')).toMatchObject({ isSent: true });
});

describe('it fails', () => {
  it('with its exit code and the beginning of what it said, on one line', async () => {
    expect(await run(`printf 'no\\n\\033[2Jroute' >&2; exit 3`)).toEqual({
      isSent: false,
      why: 'it ended with 3: no \\u001b[2Jroute',
      mayRetry: false,
      retryAfter: null,
    });
  });

  it('when a signal ends it', async () => {
    expect(await run('kill -9 $$')).toMatchObject({ why: 'it was ended by SIGKILL' });
  });

  it('when it is not there any more, or may not be run', async () => {
    const gone = notifyProgram({
      program: join(folder, 'gone'),
      args: [],
      timeLimit: 60_000,
      environment: process.env,
    });
    const sent = await gone.send(notification, new AbortController().signal);
    expect(sent).toMatchObject({ isSent: false, why: expect.stringMatching(/ended with 12[67]: .*gone/) });
    await writeFile(join(folder, 'plain'), 'text', { mode: 0o600 });
    const plain = notifyProgram({ program: join(folder, 'plain'), args: [], timeLimit: 60_000, environment: {} });
    const refused = await plain.send(notification, new AbortController().signal);
    expect(refused).toMatchObject({ isSent: false, why: expect.stringMatching(/ended with 126: .*plain/) });
  });

  it('when it does not end in time, and is ended with all that it started, deaf to SIGTERM or not', async () => {
    const script = `trap '' TERM; sleep 1000 & echo $! > ${folder}/child; echo $$ > ${folder}/own; wait; wait; sleep 1000`;
    const sent = await run(script, { timeLimit: 1_500 });
    expect(sent).toMatchObject({ isSent: false, why: 'it did not end in 1.5 s, and was ended' });
    for (const name of ['child', 'own']) {
      const pid = await kept(name);
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
    }
  });
});

it('is over when it ends, whoever holds its output open; what it left behind ends too', async () => {
  expect(await run(`sleep 1000 & echo $! > ${folder}/child; exit 0`)).toMatchObject({ isSent: true });
  const pid = await kept('child');
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
});

it('may print without end: the beginning is kept, and it is not held up', async () => {
  const sent = await run('head -c 100000000 /dev/zero | tr "\\0" x; exit 1');
  expect(sent).toMatchObject({ isSent: false, why: expect.stringMatching(/^it ended with 1: x{1000}$/) });
});

it('is ended when the gateway stops', async () => {
  const stop = new AbortController();
  const ended = run(`echo $$ > ${folder}/own.new; mv ${folder}/own.new ${folder}/own; exec sleep 1000`, {
    signal: stop.signal,
  });
  await vi.waitFor(() => expect(existsSync(join(folder, 'own'))).toBe(true));
  stop.abort();
  expect(await ended).toMatchObject({ isSent: false, why: 'it was ended by SIGTERM' });
  expect(isAlive(await kept('own'))).toBe(false);
});

it.runIf(canRunOut)('where no file can be opened it is not sent, and the gateway lives on', async () => {
  const channel = notifyProgram({ program: '/bin/true', args: [], timeLimit: 60_000, environment: {} });
  const sent = await withoutDescriptors(() => channel.send(notification, new AbortController().signal));
  expect(sent).toMatchObject({ isSent: false, why: expect.stringContaining('EMFILE') });
});
