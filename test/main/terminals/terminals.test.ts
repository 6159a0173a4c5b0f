import { describe, expect, test } from 'vitest';
import type { GatewayService } from '../../../main/gateway/gateway-service.ts';
import type { TerminalService } from '../../../main/terminals/terminal-service.ts';
import { Terminals } from '../../../main/terminals/terminals.ts';
import type { ClusterEntry } from '../../../preload/contract.ts';

const CLUSTER: ClusterEntry = {
  context: 'staging',
  slug: 'staging',
  server: 'https://192.0.2.1',
  user: 'dana',
  namespace: 'default',
  file: '/home/dana/.kube/config',
  problem: null,
  state: 'connected',
  demo: false,
  production: false,
};

/** Terminals whose gateway and host only note what they were asked. */
function terminals(onOpen: (id: string) => void = () => {}) {
  const closed: string[] = [];
  const opened = new Terminals({
    gateway: {
      openAccess: async ({ id }: { id: string }) => `/kubeconfigs/${id}.yaml`,
      closeAccess: async (id: string) => void closed.push(id),
    } as unknown as GatewayService,
    service: {
      call: async (name: string, argument: { id: string }) => {
        if (name === 'open') setImmediate(() => onOpen(argument.id));
      },
    } as unknown as TerminalService,
    cluster: () => CLUSTER,
    environment: { PATH: '', HOME: '/home/dana' },
    principal: 'local:dana',
    version: '1',
    settings: () => ({ shell: '/bin/bash', recordInput: false }),
    log: () => {},
  });
  const open = () => opened.open({ cluster: 'staging', namespace: null, columns: 80, rows: 24 });
  return { terminals: opened, open, closed };
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
});
