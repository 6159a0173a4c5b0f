import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { createCertificateAuthority, issueServerCertificate } from '../../../proxy/access/certificate-authority.ts';
import { findCommand, programPath, type RunningProcess, runProgram, startProcess } from '../harness/processes.ts';
import type { Sample } from '../harness/section.ts';
import { buildGoProgram } from './go-program.ts';
import type { LoadOrder, LoadResult } from './load.program.ts';

/** One way to the API server of the field. */
export interface Peer {
  readonly name: string;
  /** Null for the straight way: then there is no CPU of its own. */
  readonly process: RunningProcess | null;
  readonly way: Pick<LoadOrder, 'host' | 'port' | 'tls'>;
  /** What stands before the cluster's own paths. */
  readonly prefix: string;
}

/** An API server that costs next to nothing, and everything that can stand before it on this machine. */
export interface Field {
  readonly peers: readonly Peer[];
  /** What could not be had, and why. */
  readonly missing: readonly string[];
  /** Loads one peer and says what it came to; `cpu` is seconds of the peer's own time. */
  load(peer: Peer, order: Omit<LoadOrder, 'host' | 'port' | 'tls'>): Promise<LoadResult & { readonly cpu: number }>;
  close(): Promise<void>;
}

export const CONTEXT = 'bench';

const GATEWAYS = {
  plain: 'Gatehouse',
  masking: 'Gatehouse, looking for credentials',
  recorded: 'Gatehouse, recorded',
} as const;

/** @param gateways which gateways stand beside the peers: see `gateway.program.ts`. */
export async function startField(gateways: ReadonlyArray<keyof typeof GATEWAYS>): Promise<Field> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const authority = await createCertificateAuthority();
  const identity = await issueServerCertificate(authority);
  const files = { ca: authority.certificate, cert: identity.certificate, key: identity.privateKey };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => join(folder, name)) as [string, string, string];
  const running: RunningProcess[] = [];
  const peers: Peer[] = [];
  const missing: string[] = [];
  const start = async (...[command, options]: Parameters<typeof startProcess>): Promise<RunningProcess> => {
    const started = await startProcess(command, options);
    running.push(started);
    return started;
  };
  const server = await start([process.execPath, programPath('api-server'), cert, key], {
    place: 'load',
    ready: /^ready/,
  });
  const port = portOf(server);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(port, ca), { mode: 0o600 });
  peers.push({
    name: 'direct',
    process: null,
    way: { host: '127.0.0.1', port, tls: { ca, cert: null, key: null } },
    prefix: '',
  });

  for (const how of gateways) {
    const own = join(folder, `gateway-${how}`);
    const command = [process.execPath, programPath('gateway'), own, kubeconfig, CONTEXT, how];
    const gateway = await start(command, { place: 'measured', ready: /^ready/ });
    const [, gatewayPort = '', prefix = ''] = gateway.ready.split(' ');
    peers.push({
      name: GATEWAYS[how],
      process: gateway,
      way: { host: '127.0.0.1', port: Number(gatewayPort), tls: clientFiles(join(own, 'client')) },
      prefix,
    });
  }

  const kubectl = process.env['GATEHOUSE_BENCH_KUBECTL'] ?? findCommand('kubectl');
  if (kubectl === null) missing.push('kubectl proxy: no kubectl on PATH');
  else {
    const command = [kubectl, 'proxy', '--port=0', `--kubeconfig=${kubeconfig}`, '--disable-filter=true'];
    const proxy = await start(command, { place: 'measured', ready: /Starting to serve/, env: { HOME: folder } });
    peers.push({
      name: 'kubectl proxy (HTTP)',
      process: proxy,
      way: { host: '127.0.0.1', port: portOf(proxy), tls: null },
      prefix: '',
    });
  }

  const goProgram = buildGoProgram('reverse-proxy', folder);
  if (goProgram === null) missing.push('Go ReverseProxy: no go on PATH');
  else {
    const proxy = await start([goProgram, `https://127.0.0.1:${port}`, ca, cert, key], {
      place: 'measured',
      ready: /^ready/,
    });
    peers.push({
      name: 'Go ReverseProxy',
      process: proxy,
      way: { host: '127.0.0.1', port: portOf(proxy), tls: { ca, cert: null, key: null } },
      prefix: '',
    });
  }

  const nginx = findCommand('nginx');
  if (nginx === null) missing.push('nginx: not installed');
  else {
    const nginxPort = port + 1;
    writeFileSync(join(folder, 'nginx.conf'), nginxConfiguration(folder, nginxPort, port, { ca, cert, key }));
    const proxy = await start([nginx, '-c', join(folder, 'nginx.conf'), '-p', folder], {
      place: 'measured',
      ready: /start worker|ready/,
    });
    peers.push({
      name: 'nginx',
      process: proxy,
      way: { host: '127.0.0.1', port: nginxPort, tls: { ca, cert: null, key: null } },
      prefix: '',
    });
  }

  return {
    peers,
    missing,
    async load({ process: measured, way, prefix }, order) {
      measured?.resetPeak();
      const before = measured?.usage();
      const result = await runProgram<LoadResult>(
        'load',
        [JSON.stringify({ ...order, ...way, target: prefix + order.target })],
        { place: 'load' },
      );
      return { ...result, cpu: (measured?.usage().cpuSeconds ?? Number.NaN) - (before?.cpuSeconds ?? 0) };
    },
    async close() {
      await Promise.all(running.map((each) => each.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What is compared is a program that has worked for a while: one that has just started is compiled meanwhile. */
export async function warmUp(field: Field, target: string): Promise<void> {
  for (const peer of field.peers) {
    let served = 0;
    for (let round = 0; round < 10 && served < 5_000; round += 1) {
      served += (await field.load(peer, { target, connections: 16, ms: 2_000, what: 'requests' })).count;
    }
  }
}

/** Memory of a peer since its last load began. */
export function peakOf(peer: Peer): Sample {
  return { 'peak RSS MB': peer.process?.usage().peakRssMb ?? Number.NaN };
}

function portOf({ ready }: RunningProcess): number {
  return Number(/(\d+)\s*$/.exec(ready)?.[1]);
}

/** Where `openAccess` puts the files beside a kubeconfig of this name. */
function clientFiles(kubeconfig: string): NonNullable<LoadOrder['tls']> {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8'));
  const found = { ...clusters[0]?.cluster, ...users[0]?.user };
  const file = (name: string) => resolve(dirname(kubeconfig), found[name]);
  return { ca: file('certificate-authority'), cert: file('client-certificate'), key: file('client-key') };
}

/** The kubeconfig of an API server on a loopback port, of one context named like the gateway's. */
export function kubeconfigOf(port: number, ca: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': CONTEXT,
    clusters: [{ name: CONTEXT, cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': ca } }],
    users: [{ name: CONTEXT, user: { token: 'bench' } }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT } }],
  });
}

function nginxConfiguration(
  folder: string,
  listen: number,
  upstream: number,
  files: Record<'ca' | 'cert' | 'key', string>,
): string {
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
  upstream cluster { server 127.0.0.1:${upstream}; keepalive 256; }
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${listen} ssl;
    ssl_certificate ${files.cert}; ssl_certificate_key ${files.key};
    keepalive_requests 1000000000;
    location / {
      proxy_pass https://cluster;
      proxy_ssl_trusted_certificate ${files.ca}; proxy_ssl_verify on; proxy_ssl_name 127.0.0.1;
      proxy_http_version 1.1; proxy_buffering off;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
    }
  }
}
`;
}
