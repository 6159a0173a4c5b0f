import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, refreshCommandLine } from '../../scripts/build/command-line.mjs';
import { loopbackCertificate } from '../proxy/fixtures/loopback-tls.ts';
import { rawRequest } from './environment/raw-request.ts';
import { writeUpstreamKubeconfig } from './environment/upstream-kubeconfig.ts';

const folder = mkdtemp(join(tmpdir(), 'gatehouse-built-'));
let program: ReturnType<typeof spawn>;
let kubeconfig = '';
const closing: Array<() => Promise<unknown>> = [];

beforeAll(async () => {
  await refreshCommandLine();
  const upstream = await writeUpstreamKubeconfig('nowhere', 1, (await loopbackCertificate()).certificate);
  kubeconfig = join(await folder, 'client.yaml');
  program = spawn(process.execPath, [
    ...[commandLine, 'gateway', '--kubeconfig', upstream.kubeconfig, '--context', 'nowhere'],
    ...['--write-kubeconfig', kubeconfig, '--data', join(await folder, 'data')],
    ...['--journal-witness', join(await folder, 'journal-head.json')],
  ]);
  closing.push(upstream.remove);
  if (program.stdout === null) throw new Error('the program has no output');
  for await (const line of createInterface(program.stdout)) if (line.includes('ready')) break;
});

afterAll(async () => {
  program.kill('SIGTERM');
  await once(program, 'exit');
  for (const close of closing) await close();
  await rm(await folder, { recursive: true, force: true });
});

// A bundler takes such checks for free of effects where nobody uses their result, and drops the refusal with them.
it.each([
  ['a query that does not decode', 'GET', '/api/v1/namespaces/foo/secrets?watch=%ac', {}],
  ['a path that does not decode', 'GET', '/api/v1/namespaces/%ac/secrets', {}],
  ['a path that decodes into another', 'GET', '/api/v1/namespaces/foo%2Fsecrets', {}],
  ['an identity without a user', 'GET', '/api/v1/namespaces', { 'Impersonate-Group': 'system:masters' }],
])('the program as it is built refuses %s', async (_what, method, target, headers) => {
  expect(await rawRequest(kubeconfig, method, target, headers)).toMatchObject({ status: 400 });
});
