import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlPath, run } from '../gateway/environment/command.ts';
import type { RawAnswer } from '../gateway/environment/raw-request.ts';
import { type RunningGateway, startGateway } from '../gateway/environment/running-gateway.ts';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

const rbac = (kind: string, name: string, more: object) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  ...more,
});
const bound = (name: string, role: string, user: string) =>
  rbac('ClusterRoleBinding', name, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });

/** What the upstream credential holds: two constrained modes (KEP-5284), and no legacy `impersonate` at all. */
const GRANTS = [
  rbac('ClusterRole', 'constrained', {
    rules: [
      {
        apiGroups: ['authentication.k8s.io'],
        resources: ['users'],
        verbs: ['impersonate:user-info'],
        resourceNames: ['eve'],
      },
      {
        apiGroups: [''],
        resources: ['pods'],
        verbs: ['impersonate-on:user-info:list', 'impersonate-on:serviceaccount:list'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'] },
    ],
  }),
  bound('constrained', 'constrained', 'limited'),
  bound('eve-views', 'view', 'eve'),
  bound('account-views', 'view', 'system:serviceaccount:default:default'),
];

describe.skipIf(controlPlanePrograms === null)('constrained impersonation on a real API server', () => {
  let controlPlane: ControlPlane;
  let limited: RunningGateway;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
    const kubeconfig = await controlPlane.kubeconfigFor('admin', ['system:masters']);
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: GRANTS });
    const created = await run(kubectlPath, ['--context', 'real', 'create', '-f', '-'], { kubeconfig, input });
    expect(created.stderr).toBe('');
    limited = await startGateway({
      name: 'real',
      kubeconfig: await controlPlane.kubeconfigFor('limited', []),
      context: 'real',
      runsPods: false,
      auditLog: async () => controlPlane.auditLog(),
      close: async () => undefined,
    });
  });
  afterAll(async () => {
    await limited?.close();
    await controlPlane?.close();
  });

  /** A list under another name, confirmed by the person at the app. */
  async function list(resource: string, user: string, more: Record<string, string> = {}): Promise<RawAnswer> {
    const answering = limited.request('GET', `/api/v1/namespaces/default/${resource}`, {
      'Impersonate-User': user,
      ...more,
    });
    await limited.decideNext('approve');
    return answering;
  }

  it.each(['eve', 'system:serviceaccount:default:default'])('works as %s, with headers as they came', async (user) => {
    const answer = await list('pods', user);
    expect(answer.status, answer.body).toBe(200);
    const event = controlPlane.auditLog().findLast(({ impersonatedUser }) => impersonatedUser?.username === user);
    // The engineer is not named here: an extra would take a right that this credential does not have.
    expect(event?.impersonatedUser).not.toHaveProperty('extra');
  });

  it.each([
    ['another resource', 'configmaps', 'eve', {}],
    ['another user', 'pods', 'mallory', {}],
    ['a group', 'pods', 'eve', { 'Impersonate-Group': 'dev' }],
  ])('passes on what the API server says to %s', async (_name, resource, user, more) => {
    const answer = await list(resource, user, more);
    expect(answer.status, answer.body).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ message: expect.stringMatching(/cannot impersonate/) });
  });
});
