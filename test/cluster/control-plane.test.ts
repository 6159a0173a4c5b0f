import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

const kubectl = promisify(execFile);
const program = process.env['GATEHOUSE_TEST_KUBECTL'] ?? 'kubectl';

describe.skipIf(!controlPlanePrograms)('a control plane for the tests', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane();
  });
  afterAll(async () => {
    await plane?.close();
    expect(existsSync(plane.folder), 'nothing of it is left').toBe(false);
  });

  const run = (kubeconfig: string, ...words: string[]) =>
    kubectl(program, words, { env: { KUBECONFIG: kubeconfig, HOME: plane.folder, PATH: process.env['PATH'] } });

  it('is the pinned Kubernetes', async () => {
    const { stdout } = await run(plane.adminKubeconfig, 'version', '-o', 'json');
    expect(JSON.parse(stdout).serverVersion.minor).toBe('36');
  });

  it('knows a user by the certificate, and lets it do what RBAC says', async () => {
    const kubeconfig = await plane.kubeconfigFor('dana', ['platform']);
    await expect(run(kubeconfig, 'get', 'secrets')).rejects.toThrow(/User "dana" cannot list resource "secrets"/);
    await run(plane.adminKubeconfig, 'create', 'rolebinding', 'viewers', '--clusterrole=view', '--group=platform');
    const { stderr } = await run(kubeconfig, 'get', 'configmaps');
    expect(stderr).toBe('');
  });

  it('records each request in its audit log', async () => {
    await run(plane.adminKubeconfig, 'get', '--raw', '/api/v1/namespaces/default/secrets/absent?dryRun=').catch(
      () => null,
    );
    const event = plane.auditLog().find(({ objectRef }) => objectRef?.name === 'absent');
    expect(event).toMatchObject({
      verb: 'get',
      user: { username: 'admin' },
      objectRef: { resource: 'secrets', namespace: 'default', apiVersion: 'v1' },
      responseStatus: { code: 404 },
    });
  });

  it('has controllers that make service accounts', async (context) => {
    if (!plane.hasControllers) context.skip('the programs at hand have no kube-controller-manager');
    const { stdout } = await run(plane.adminKubeconfig, 'create', 'token', 'default');
    expect(stdout.split('.')).toHaveLength(3);
  });
});
