import { EventEmitter } from 'node:events';
import type { MessagePortMain } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Folders } from '../../../main/folders.ts';
import { TerminalService } from '../../../main/terminals/terminal-service.ts';

/** The terminal host's process: it answers `start`, and every other call unless it is mute. */
class Child extends EventEmitter {
  readonly stdout = null;
  readonly stderr = null;
  readonly called: unknown[][] = [];
  postMessage(message: unknown, ports: readonly unknown[] = []): void {
    const { call, name, argument } = message as { call: number; name: string; argument: unknown };
    this.called.push([name, argument, ports]);
    const answer = name === 'start' ? { recovered: ['r-1'] } : undefined;
    queueMicrotask(() => this.emit('message', { call, answer }));
  }
  kill(): boolean {
    queueMicrotask(() => this.emit('exit', 0));
    return true;
  }
}

let child: Child;
let service: TerminalService;
const log: string[] = [];
const closed: string[] = [];
const port = (name: string) => ({ close: () => closed.push(name) }) as unknown as MessagePortMain;
const [ours, theirs] = [port('ours'), port('theirs')];
beforeEach(() => {
  for (const list of [log, closed]) list.splice(0);
  child = new Child();
  service = new TerminalService({
    fork: () => child,
    entry: '/built/terminal-host.js',
    environment: {},
    folders: { recordings: '/app/recordings', data: '/app/data', shell: '/app/shell' } as Folders,
    log: (line) => log.push(line),
    openChannel: () => ({ port1: ours, port2: theirs }),
  });
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the terminal host', () => {
  test("is told where recordings lie, also the gateway's own of streams, and ends those that a crash cut off", async () => {
    await service.start();
    expect(child.called).toEqual([
      [
        'start',
        { recordingsFolder: '/app/recordings', sessionsFolder: '/app/data/sessions', shellFolder: '/app/shell' },
        [],
      ],
    ]);
    expect(log).toEqual(['ended 1 recordings whose writer died']);
  });

  test.each([
    ['exited', { id: 't-1', code: 3 }],
    ['prompt', { id: 't-1', kubeconfig: '/own' }],
    ['recordingFailed', { id: 't-1', message: 'no space left' }],
  ] as const)('is heard when it tells of %s', async (event, payload) => {
    const heard: unknown[] = [];
    service.events.on(event, (told: unknown) => heard.push(told));
    await service.start();
    child.emit('message', { event, payload });
    expect(heard).toEqual([payload]);
  });

  test('tells of its own end', async () => {
    const states: string[] = [];
    service.events.on('state', (state) => states.push(state));
    await service.start();
    child.emit('exit', 9);
    expect(states).toEqual(['starting', 'running', 'restarting']);
    await service.stop();
  });

  test('gets one end of the line to a terminal, and the page the other', async () => {
    await service.start();
    expect(service.attach('t-1')).toBe(theirs);
    await settled();
    expect(child.called.at(-1)).toEqual(['attach', 't-1', [ours]]);
    expect(closed).toEqual([]);
  });

  test('that is not there leaves no line open', async () => {
    expect(service.attach('t-1')).toBe(theirs);
    await settled();
    expect(closed).toEqual(['ours']);
  });
});
