import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { ClusterReach } from '../../model/cluster-reach.ts';
import { createCertificateAuthority, issueClientCertificate } from '../../proxy/access/certificate-authority.ts';
import { openCluster } from '../../proxy/clusters/kubeconfig-cluster.ts';
import { lookAtCluster } from '../../proxy/reach/look-at-cluster.ts';
import { kubectlPath, run } from '../gateway/environment/command.ts';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe.skipIf(controlPlanePrograms === null)('a look at a real API server', () => {
  let controlPlane: ControlPlane;
  let files = 0;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
  });
  afterAll(() => controlPlane?.close());

  /** Looks with the kubeconfig of a user without any rights, changed as a person might find it. */
  async function look(user: object | null, cluster: object = {}): Promise<ClusterReach> {
    const kubeconfig = parse(await readFile(await controlPlane.kubeconfigFor('nobody-special'), 'utf8'));
    if (user !== null) kubeconfig.users[0].user = user;
    Object.assign(kubeconfig.clusters[0].cluster, cluster);
    files += 1;
    const file = join(controlPlane.folder, `looked-at-${files}.kubeconfig`);
    await writeFile(file, stringify(kubeconfig));
    const opened = await openCluster({ kubeconfigFiles: [file], context: 'real', labels: {} }, { log: silent });
    return lookAtCluster(opened, { look: 'quietly', timeLimit: 5_000 });
  }

  it('finds one who has no rights at all reachable: who one is comes before what one may', async () => {
    expect(await look(null)).toMatchObject({
      state: expect.stringMatching(/^(reachable|slow)$/),
      trouble: null,
      problem: null,
      serverVersion: expect.stringMatching(/^v1\.\d+\.\d+/),
      latency: expect.any(Number),
      certificateExpires: expect.stringMatching(/^20/),
      signIn: { plugin: null, due: false, user: 'nobody-special', expires: expect.stringMatching(/^20/) },
    });
  });

  it('finds one reachable whom the cluster does not even let ask who they are', async () => {
    const kubeconfig = controlPlane.adminKubeconfig;
    const remove = ['delete', 'clusterrolebinding', 'system:basic-user', 'system:discovery'];
    expect((await run(kubectlPath, ['--context', 'real', ...remove], { kubeconfig })).stderr).toBe('');
    expect(await look(null)).toMatchObject({ trouble: null, signIn: { user: null } });
    // It is still known from nobody.
    expect(await look({ username: 'u', password: 'p' })).toMatchObject({ trouble: 'credential-rejected' });
  });

  const CASES: ReadonlyArray<[what: string, user: () => Promise<object> | object, found: object]> = [
    [
      'a token that it does not know',
      () => ({ token: 'not-a-token' }),
      { state: 'sign-in', trouble: 'credential-rejected', problem: expect.stringMatching(/\(401\).*kubeconfig needs/) },
    ],
    [
      'a token that says itself that it is over',
      () => ({ token: `e30.${Buffer.from('{"exp":1700000000}').toString('base64url')}.c2ln` }),
      { state: 'sign-in', problem: expect.stringContaining('which expired at 2023-11-14T22:13:20.000Z') },
    ],
    [
      'a user name and password, which no API server reads any more',
      () => ({ username: 'u', password: 'p' }),
      { state: 'sign-in', trouble: 'credential-rejected', problem: expect.stringContaining('system:anonymous') },
    ],
    [
      'the client certificate of another authority',
      () => clientCertificate(Date.now()),
      { state: 'sign-in', trouble: 'credential-rejected' },
    ],
    [
      'a client certificate whose time is over',
      () => clientCertificate(Date.now() - 7_200_000),
      { state: 'sign-in', trouble: 'credential-unavailable', problem: expect.stringMatching(/expired on .*sign in/) },
    ],
  ];
  it.each(CASES)('asks for another sign-in after %s', async (_what, user, found) => {
    const reach = await look(await user());
    expect(reach).toMatchObject(found);
    expect(JSON.stringify(reach)).not.toContain('not-a-token');
  });

  it('takes a certificate authority that is not the server’s for trouble with TLS, and shows it no credential', async () => {
    const { certificate } = await createCertificateAuthority();
    const found = await look(null, {
      'certificate-authority': null,
      'certificate-authority-data': Buffer.from(certificate).toString('base64'),
    });
    expect(found).toMatchObject({ state: 'unreachable', trouble: 'tls', latency: null, serverVersion: null });
    expect(found.problem).toContain('certificate');
  });
});

/** Of an authority that no cluster knows, good for an hour. */
async function clientCertificate(now: number): Promise<object> {
  const { certificate, privateKey } = await issueClientCertificate(await createCertificateAuthority(), {
    cluster: null,
    principal: { user: 'someone', groups: [], session: { kind: 'headless', id: 'x' } },
    now,
    lifetime: 3_600_000,
  });
  return {
    'client-certificate-data': Buffer.from(certificate).toString('base64'),
    'client-key-data': Buffer.from(privateKey).toString('base64'),
  };
}
