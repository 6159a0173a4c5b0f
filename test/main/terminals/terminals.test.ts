import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { HostError } from '../../../main/hosts/protocol.ts';
import type { TerminalService } from '../../../main/terminals/terminal-service.ts';
import { Terminals } from '../../../main/terminals/terminals.ts';
import type { ClusterEntry } from '../../../preload/contract.ts';
import * as data from '../../renderer/bridge-data.ts';

const CLUSTER: ClusterEntry = {
  context: 'staging',
  slug: 'staging',
  server: 'https://192.0.2.1',
  user: 'dana',
  namespace: 'default',
  file: '/home/dana/.kube/config',
  plugin: null,
  passedOver: [],
  problem: null,
  state: 'connected',
  reach: null,
  gone: false,
  demo: false,
  production: false,
};

/** Terminals whose gateway and host only note what they were asked. */
function terminals(onOpen: (id: string) => void = () => {}, failure: Error | null = null, path = '') {
  const closed: string[] = [];
  const accesses: object[] = [];
  const asked: Array<[string, object | string]> = [];
  const opened = new Terminals({
    gateway: {
      openAccess: async (request) => {
        accesses.push(request);
        return `/kubeconfigs/${request.id}.yaml`;
      },
      closeAccess: async (id) => void closed.push(id),
    },
    service: {
      call: (async (name: string, argument: { id: string }) => {
        asked.push([name, argument]);
        if (name === 'open' && failure) throw failure;
        if (name === 'open') setImmediate(() => onOpen(argument.id));
      }) as TerminalService['call'],
    },
    cluster: () => CLUSTER,
    environment: { PATH: path, HOME: '/home/dana', KUBECONFIG: '/own' },
    principal: 'local:dana',
    version: '1',
    settings: () => ({ shell: '/bin/bash', recordInput: false }),
    log: () => {},
  });
  const open = () => opened.open({ cluster: 'staging', namespace: null, columns: 80, rows: 24 });
  return { terminals: opened, open, closed, accesses, asked };
}

describe('a terminal', () => {
  test('whose shell ends or prompts right after it was opened is told so', async () => {
    const { terminals: all, open } = terminals((id) => {
      all.prompted(id, '/elsewhere');
      all.exited(id, 3);
    });
    await open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(all.entries()[0]).toMatchObject({
      state: 'exited',
      exitCode: 3,
      bypass: { kubeconfig: '/elsewhere' },
      recording: { state: 'ended' },
    });
  });

  test('loses its certificate when its shell ends, and gets none by another namespace', async () => {
    const { terminals: all, open, closed } = terminals();
    const { id } = await open();
    expect(closed).toEqual([]);
    all.exited(id, 0);
    expect(closed).toEqual([id]);
    await expect(all.setNamespace(id, 'payments')).rejects.toMatchObject({ code: 'terminal-exited' });
  });

  test('is ended, with its certificate, when the terminal host dies', async () => {
    const { terminals: all, open, closed } = terminals();
    const [one, other] = [await open(), await open()];
    all.exited(one.id, 0);
    all.recordingFailed(other.id, 'no space left');
    all.lost();
    expect(all.entries().map(({ state, recording }) => [state, recording.state])).toEqual([
      ['exited', 'ended'],
      ['exited', 'failed'],
    ]);
    expect(closed).toEqual([one.id, other.id]);
  });

  test('has a session of its own, its kubeconfig alone, and a recording of its own', async () => {
    const { open, accesses, asked } = terminals();
    const [one, other] = [await open(), await open()];
    expect(accesses).toEqual(
      [one, other].map(({ id }) => ({
        kind: 'inAppTerminal',
        id,
        cluster: 'staging',
        namespace: 'default',
        writeTo: null,
      })),
    );
    expect(asked.map(([, argument]) => argument)).toMatchObject(
      [one, other].map(({ id, recording }) => ({
        id,
        environment: { KUBECONFIG: `/kubeconfigs/${id}.yaml` },
        recordInput: false,
        recording: { id: recording.recordingId, principal: 'local:dana', cluster: 'staging', namespace: 'default' },
      })),
    );
    expect(one.recording.recordingId).not.toBe(other.recording.recordingId);
  });

  test('that could not be opened, as where nothing can be recorded, has no session and is none', async () => {
    const failure = new HostError('recording-unavailable', 'no space left');
    const { terminals: all, open, closed, accesses } = terminals(() => {}, failure);
    await expect(open()).rejects.toBe(failure);
    expect(closed).toEqual(accesses.map((access) => (access as { id: string }).id));
    expect(all.entries()).toEqual([]);
  });

  test('whose shell has another kubeconfig than the gateway says so until it has it again', async () => {
    const { terminals: all, open } = terminals();
    const { id } = await open();
    const told: unknown[] = [];
    all.events.on('changed', ([entry]) => told.push(entry?.bypass));
    for (const kubeconfig of [`/kubeconfigs/${id}.yaml`, '/own', '/own', '', `/kubeconfigs/${id}.yaml`]) {
      all.prompted(id, kubeconfig);
    }
    expect(told).toEqual([{ kubeconfig: '/own' }, { kubeconfig: '' }, null]);
  });

  test("has its own requests on its recording, and nobody else's", async () => {
    const { terminals: all, open, asked } = terminals();
    const { id } = await open();
    const [found] = data.journal.filter((record) => record.type === 'decided');
    if (found?.type !== 'decided') throw new Error('no decided record');
    const of = (session: typeof found.principal.session) => ({
      ...found,
      principal: { ...found.principal, session },
    });
    asked.splice(0);
    all.recorded(of({ kind: 'inAppTerminal', id: 't-other' }));
    all.recorded(of({ kind: 'outside', id }));
    expect(asked).toEqual([]);
    all.recorded(of({ kind: 'inAppTerminal', id }));
    expect(asked).toMatchObject([['request', { id, auditId: found.auditId }]]);
  });

  test('that is closed ends its shell and its session; the one that takes its place has a new one', async () => {
    const { terminals: all, open, asked, closed } = terminals();
    const { id } = await open();
    const again = await all.restart(id);
    expect(again.id).not.toBe(id);
    expect(closed).toEqual([id]);
    expect(asked.map(([name]) => name)).toEqual(['open', 'open', 'close']);
    expect(all.entries().map((entry) => entry.id)).toEqual([again.id]);
    await all.close(again.id);
    expect(closed).toEqual([id, again.id]);
    await expect(all.close(again.id)).rejects.toMatchObject({ code: 'terminal-unknown' });
  });

  test('takes another namespace in the same session', async () => {
    const { terminals: all, open, accesses } = terminals();
    const { id } = await open();
    expect(await all.setNamespace(id, 'payments')).toMatchObject({ id, namespace: 'payments' });
    expect(accesses.at(-1)).toMatchObject({ kind: 'inAppTerminal', id, cluster: 'staging', namespace: 'payments' });
  });
});

describe('terminals of the last run', () => {
  const FOLDER = import.meta.dirname;
  const stored = [
    { cluster: 'staging', namespace: 'web', folder: FOLDER },
    { cluster: 'elsewhere', namespace: 'default', folder: null },
    { cluster: 'staging', namespace: 'jobs', folder: '/gone/for/good' },
  ];
  const started = async (all: Terminals, count: number) => {
    await vi.waitFor(() => expect(all.entries().filter(({ state }) => state === 'open')).toHaveLength(count));
  };

  test('wait in their order, and get a fresh shell in their folder once their cluster is connected', async () => {
    const { terminals: all, asked } = terminals();
    const ids = all.bringBack(stored, [CLUSTER]);
    expect(all.entries().map(({ id, state, clusterName }) => [id, state, clusterName])).toEqual([
      [ids[0], 'waiting', 'staging'],
      [ids[1], 'waiting', 'elsewhere'],
      [ids[2], 'waiting', 'staging'],
    ]);
    expect(asked).toEqual([]);
    all.startOn(['staging']);
    all.startOn(['staging']);
    await started(all, 2);
    const opened = asked.filter(([name]) => name === 'open').map(([, open]) => open);
    // Twice told, once started; and nothing in it but a shell.
    expect(opened).toHaveLength(2);
    expect(opened).toContainEqual(expect.objectContaining({ id: ids[0], folder: FOLDER, shell: '/bin/bash' }));
    expect(opened).toContainEqual(expect.objectContaining({ id: ids[2], folder: '/home/dana' }));
    expect(all.entries().map(({ id, state, namespace, broughtBack }) => [id, state, namespace, broughtBack])).toEqual([
      [ids[0], 'open', 'web', { folder: FOLDER, gone: null }],
      [ids[1], 'waiting', 'default', null],
      [ids[2], 'open', 'jobs', { folder: '/home/dana', gone: '/gone/for/good' }],
    ]);
  });

  test('that are closed while their shell starts stay closed, and leave no shell and no certificate', async () => {
    const { terminals: all, asked, closed } = terminals();
    const [id = ''] = all.bringBack(stored.slice(0, 1), [CLUSTER]);
    all.startOn(['staging']);
    await vi.waitFor(() => expect(asked.map(([name]) => name)).toContain('open'));
    await all.close(id);
    await vi.waitFor(() => expect(closed).toContain(id));
    expect(all.entries()).toEqual([]);
    expect(asked.filter(([name]) => name === 'close')).not.toEqual([]);
  });

  test('know where their shell is now, for the next time', async () => {
    const { terminals: all, open } = terminals();
    const moved: string[] = [];
    all.events.on('moved', (id) => moved.push(id));
    const { id } = await open();
    expect(all.folderOf(id)).toBeNull();
    all.inFolder(id, '/srv');
    all.inFolder('t-unknown', '/etc');
    expect([all.folderOf(id), all.folderOf('t-unknown'), moved]).toEqual(['/srv', null, [id]]);
    await all.close(id);
    expect(all.folderOf(id)).toBeNull();
  });
});

test('kubectl that was installed since is not said to be missing any more', async () => {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-path-'));
  const { terminals: all, open } = terminals(undefined, null, path);
  const { id } = await open();
  all.prompted(id, `/kubeconfigs/${id}.yaml`);
  expect(all.entries()[0]?.kubectlMissing).toBe(true);
  writeFileSync(join(path, 'kubectl'), '#!/bin/sh\n', { mode: 0o755 });
  all.prompted(id, `/kubeconfigs/${id}.yaml`);
  await vi.waitFor(() => expect(all.entries()[0]?.kubectlMissing).toBe(false));
  rmSync(path, { recursive: true });
});
