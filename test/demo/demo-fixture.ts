import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type DemoCluster, startDemoCluster } from '../../demo/cluster.ts';

/** What a command printed and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An answer over plain HTTPS. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever JSON came back.
  readonly json: any;
}

function tool(variable: string, name: string): string | null {
  const path = process.env[variable] ?? name;
  try {
    execFileSync(path, ['version', ...(name === 'kubectl' ? ['--client'] : [])], { stdio: 'ignore' });
    return path;
  } catch {
    return null;
  }
}

/** kubectl and helm for tests: from the environment, else from PATH; null when there is none. */
export const kubectlPath = tool('GATEHOUSE_TEST_KUBECTL', 'kubectl');
export const helmPath = tool('GATEHOUSE_TEST_HELM', 'helm');

interface KubeconfigUser {
  readonly name: string;
  readonly user: {
    readonly token?: string;
    readonly 'client-certificate-data'?: string;
    readonly 'client-key-data'?: string;
  };
}

/** A demo cluster in a temporary folder, with ways to talk to it. */
export class DemoFixture {
  readonly folder: string;
  readonly cluster: DemoCluster;

  private constructor(folder: string, cluster: DemoCluster) {
    this.folder = folder;
    this.cluster = cluster;
  }

  static async start(): Promise<DemoFixture> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-demo-test-'));
    return new DemoFixture(folder, await startDemoCluster({ folder: join(folder, 'demo') }));
  }

  async stop(): Promise<void> {
    await this.cluster.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  run(path: string | null, args: readonly string[], input = ''): Promise<Outcome> {
    const environment = this.environment();
    return new Promise((resolve) => {
      const child = execFile(
        path ?? 'kubectl',
        args,
        { env: environment, timeout: 120_000 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
          resolve({ code, stdout, stderr });
        },
      );
      // A command that reads no input may be gone before it comes.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  }

  private environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.folder, KUBECONFIG: this.cluster.kubeconfigFile };
  }

  /** Runs kubectl as the engineer unless `args` name another context. */
  kubectl(args: readonly string[], input = ''): Promise<Outcome> {
    return this.run(kubectlPath, args, input);
  }

  /** Runs a kubectl that does not end by itself until what it prints matches; rejects when it ends or two minutes pass before. */
  kubectlUntil(wanted: RegExp, args: readonly string[]): Promise<void> {
    const child = execFile(kubectlPath ?? 'kubectl', args, { env: this.environment(), timeout: 120_000 });
    let printed = '';
    return new Promise((resolve, reject) => {
      child.stdout?.on('data', (chunk: string) => {
        printed += chunk;
        if (!wanted.test(printed)) return;
        resolve();
        child.kill();
      });
      child.on('error', reject);
      child.on('close', () => reject(new Error(`kubectl ${args[0]} ended and had printed only: ${printed}`)));
    });
  }

  /** One HTTPS request as one of the kubeconfig's users. */
  send(
    method: string,
    target: string,
    options: {
      user?: string;
      headers?: Record<string, string | string[]>;
      body?: string | Buffer;
      /** Told all of the answer's text so far, as it comes; what answers true ends the request there. */
      enough?: (text: string) => boolean;
    } = {},
  ): Promise<Answer> {
    const { users, clusters } = parse(readFileSync(this.cluster.kubeconfigFile, 'utf8'));
    const found = (users as KubeconfigUser[]).find((each) => each.name === (options.user ?? 'demo-admin'));
    const plain = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, 'base64'));
    const { token } = found?.user ?? {};
    const body = options.body ?? '';
    // Node sends no length with a DELETE unless it is told to.
    const length = body.length > 0 ? { 'Content-Length': String(Buffer.byteLength(body)) } : {};
    const headers = {
      'User-Agent': 'test',
      ...length,
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${this.cluster.url}${target}`,
        {
          method,
          headers,
          agent: false,
          ca: plain(clusters[0].cluster['certificate-authority-data']),
          cert: plain(found?.user['client-certificate-data']),
          key: plain(found?.user['client-key-data']),
        },
        (response) => {
          const chunks: Buffer[] = [];
          const done = (): void => {
            const text = Buffer.concat(chunks).toString();
            let json: unknown = null;
            try {
              json = JSON.parse(text);
            } catch {
              // Not every answer is JSON.
            }
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
          };
          response.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            if (!options.enough?.(Buffer.concat(chunks).toString())) return;
            done();
            response.destroy();
          });
          response.on('error', reject);
          response.on('end', done);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Where and how to open a WebSocket as the cluster's administrator. */
  webSocketTarget(target: string) {
    const { users, clusters } = parse(readFileSync(this.cluster.kubeconfigFile, 'utf8'));
    const found = (users as KubeconfigUser[]).find((each) => each.name === 'demo-admin')?.user;
    const plain = (text: string | undefined) => Buffer.from(text ?? '', 'base64');
    return {
      url: `${this.cluster.url.replace('https', 'wss')}${target}`,
      options: {
        ca: plain(clusters[0].cluster['certificate-authority-data']),
        cert: plain(found?.['client-certificate-data']),
        key: plain(found?.['client-key-data']),
        perMessageDeflate: false,
      },
    };
  }

  /** POST, PUT or PATCH of JSON. */
  sendJson(
    method: string,
    target: string,
    value: unknown,
    contentType = 'application/json',
    user = 'demo-admin',
  ): Promise<Answer> {
    return this.send(method, target, { user, headers: { 'Content-Type': contentType }, body: JSON.stringify(value) });
  }
}
