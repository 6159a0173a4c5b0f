import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Place } from '../place.ts';
import { command, named, result, type Step } from './step.ts';

/** Inside pods. */
export const PODS: readonly Step[] = [
  command('logs box --tail=2', { codeOnly: true }),
  command('logs deployment/web --tail=1', { codeOnly: true }),
  command('logs absent', { fails: true }),
  command('exec box -- echo hello'),
  named('exec: exit code 3', command(`exec box -- sh -c 'exit 3'`, { fails: true })),
  named('exec: stdout and stderr', command(`exec box -- sh -c 'echo out; echo err >&2'`)),
  named('exec: stdin', command('exec -i box -- cat', { input: 'one\ntwo\n' })),
  command('exec deployment/web -- echo hello'),
  { name: 'cp to a pod and back', run: copy },
  { name: 'port-forward', run: forward },
  { name: 'logs --follow', run: (place) => begins(place, ['logs', 'box', '--follow', '--tail=1']) },
  { name: 'attach', run: (place) => begins(place, ['attach', 'box']) },
  command('debug box --image=registry.example/debug:1 -c debugger -- true', {
    approved: true,
    differs: {
      why: 'kubectl 1.20 debugs by an API that servers dropped in 1.22; policy refuses it before the server does',
      says: /allows get on pods\/ephemeralcontainers/,
    },
  }),
  command('run once --image=registry.example/once:1 --restart=Never'),
  command('expose pod box --port=80 --name=exposed'),
  command('events', { codeOnly: true }),
];

async function copy(place: Place) {
  const folder = join(place.folder, 'copied');
  await mkdir(folder, { recursive: true });
  const text = 'x'.repeat(200_000);
  await writeFile(join(folder, 'sent'), text);
  const to = await place.run(['cp', join(folder, 'sent'), `${place.namespace}/box:/tmp/copied`]);
  if (to.code !== 0) return to;
  const from = await place.run(['cp', `${place.namespace}/box:/tmp/copied`, join(folder, 'received')]);
  if (from.code !== 0) return from;
  const received = await readFile(join(folder, 'received'), 'utf8');
  return result(0, received === text ? 'the same bytes came back' : `${received.length} bytes came back`);
}

/** A stream that has no end of its own: it is enough that it begins. */
async function begins(place: Place, args: readonly string[]) {
  const command = place.start(['-n', place.namespace, ...args]);
  const ended = await Promise.race([
    command.done,
    new Promise<null>((resolve) => setTimeout(() => resolve(null), 1500).unref()),
  ]);
  command.stop();
  await command.done;
  return ended ?? result(0, 'it goes on');
}

async function forward(place: Place) {
  const command = place.start(['-n', place.namespace, 'port-forward', 'pod/box', ':80']);
  try {
    const said = await Promise.race([
      command.saw(/Forwarding from 127\.0\.0\.1:(\d+)/),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no port within 20 s')), 20_000).unref()),
    ]).catch(() => null);
    if (said === null) {
      command.stop();
      return await command.done;
    }
    const socket = connect(Number(/:(\d+)$/.exec(said)?.[1]), '127.0.0.1');
    socket.setTimeout(5000, () => socket.destroy());
    socket.write('GET / HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n');
    const received = await text(socket).catch((error: Error) => error.message);
    return result(received.startsWith('HTTP/1.1 200') ? 0 : 1, received.replace(/^date:.*$/gim, ''));
  } finally {
    command.stop();
    await command.done;
  }
}
