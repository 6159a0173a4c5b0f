import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { prepare } from '../../../proxy/pipeline/prepare.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { loopbackCluster } from '../fixtures/loopback-tls.ts';

/** The parts that a write meets before it is decided on; every other is out of bounds. */
function partsWith(problem: string | null) {
  const evaluate = vi.fn(async () => ({ digest: null, answered: null, decision: {}, outgoing: {} }));
  const parts = {
    policy: { decide: () => ({ outcome: 'allow', masks: [] }) },
    journal: { problem: () => problem },
    evaluator: { evaluate },
    maskKey: { kid: 'k1', key: Buffer.alloc(32) },
    seen: { of: () => null },
  };
  return { parts: parts as never, evaluate };
}

function write() {
  const body = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"c"}}';
  const rawHeaders = ['Host', 'a', 'Content-Type', 'application/json', 'Content-Length', String(body.length)];
  const request = readRequest({ method: 'POST', target: '/api/v1/namespaces/foo/configmaps', rawHeaders });
  const exchange = {
    kind: 'request',
    principal: { user: 'local:alice', groups: [], session: { kind: 'headless', id: 's' } },
    body: Readable.from([Buffer.from(body)]),
    signal: new AbortController().signal,
  };
  return { request, exchange: exchange as never };
}

describe('what is asked of the cluster before a write is decided on', () => {
  it('is not asked while nothing can be recorded', async () => {
    const { parts, evaluate } = partsWith('the disk is full');
    const { request, exchange } = write();
    const prepared = prepare(parts, exchange, loopbackCluster(6443, null), request, 'audit-1');
    await expect(prepared).rejects.toMatchObject({ code: 'journal-unavailable', message: /the disk is full/ });
    expect(evaluate).not.toHaveBeenCalled();
  });

  it('is asked otherwise', async () => {
    const { parts, evaluate } = partsWith(null);
    const { request, exchange } = write();
    await prepare(parts, exchange, loopbackCluster(6443, null), request, 'audit-1');
    expect(evaluate).toHaveBeenCalledOnce();
  });
});
