import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';
import { createCertificateAuthority, issueServerCertificate } from '../../proxy/access/certificate-authority.ts';
import { programPath, type RunningProcess, startProcess } from '../bench/harness/processes.ts';
import { CONTEXT, kubeconfigOf } from '../bench/peers/field.ts';

/** A gateway in a process of its own, before an API server that costs next to nothing. */
export interface Surroundings {
  readonly gateway: RunningProcess;
  /** The gateway's data folder: its journal is there. */
  readonly data: string;
  /** What stands before the cluster's own paths. */
  readonly prefix: string;
  readonly port: number;
  /** Resident memory of the gateway now, in MiB. */
  memory(): number;
  /** A connection with a good client certificate, or with none. */
  dial(certificate?: 'good' | 'none'): Promise<TLSSocket>;
  /** One request on a connection of its own. */
  ask(method: string, path: string): Promise<{ readonly status: number; readonly head: string; readonly ms: number }>;
  close(): Promise<void>;
}

export async function startSurroundings(): Promise<Surroundings> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-load-'));
  const authority = await createCertificateAuthority();
  const identity = await issueServerCertificate(authority);
  const [ca, cert, key, kubeconfig] = ['ca', 'cert', 'key', 'kubeconfig'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  writeFileSync(ca, authority.certificate);
  writeFileSync(cert, identity.certificate);
  writeFileSync(key, identity.privateKey);
  const server = await startProcess([process.execPath, programPath('api-server'), cert, key], {
    place: 'load',
    ready: /^ready/,
  });
  writeFileSync(kubeconfig, kubeconfigOf(Number(server.ready.split(' ')[1]), ca), { mode: 0o600 });
  const own = join(folder, 'gateway');
  const gateway = await startProcess([process.execPath, programPath('gateway'), own, kubeconfig, CONTEXT, 'plain'], {
    place: 'measured',
    ready: /^ready/,
  });
  const [, port = '', prefix = ''] = gateway.ready.split(' ');
  const text = readFileSync(join(own, 'client'), 'utf8');
  const file = (name: string): Buffer => readFileSync(resolve(own, new RegExp(`${name}: (.*)`).exec(text)?.[1] ?? ''));
  const trusted = { ca: file('certificate-authority') };
  const contexts = {
    good: createSecureContext({ ...trusted, cert: file('client-certificate'), key: file('client-key') }),
    none: createSecureContext(trusted),
  };
  const dial = (certificate: 'good' | 'none' = 'good'): Promise<TLSSocket> =>
    new Promise((done, failed) => {
      const socket = connect({ host: '127.0.0.1', port: Number(port), secureContext: contexts[certificate] }, () =>
        done(socket),
      );
      socket.once('error', failed);
      socket.on('error', () => undefined);
    });
  return {
    gateway,
    data: join(own, 'data'),
    prefix,
    port: Number(port),
    memory: () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${gateway.pid}/status`, 'latin1'))?.[1]) / 1024,
    dial,
    async ask(method, path) {
      const started = performance.now();
      const socket = await dial();
      socket.write(`${method} ${prefix}${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
      let received = '';
      for await (const bytes of socket) if (received.length < 4096) received += (bytes as Buffer).toString('latin1');
      const head = received.slice(0, received.indexOf('\r\n\r\n'));
      return { status: Number(head.split(' ')[1]), head, ms: performance.now() - started };
    },
    async close() {
      await Promise.all([gateway.stop(), server.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
