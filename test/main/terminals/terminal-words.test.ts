import { describe, expect, test } from 'vitest';
import { ownKubeconfigFiles, withoutKubeconfig } from '../../../main/environment/kubeconfig-environment.ts';
import { environmentBetween } from '../../../main/environment/login-shell-environment.ts';
import { requestMarker } from '../../../main/terminals/request-marker.ts';
import { terminalEnvironment } from '../../../main/terminals/terminal-environment.ts';
import type { DecidedRecord } from '../../../model/journal-record.ts';

describe("a terminal's environment", () => {
  test("is the person's own, with the gateway as the only kubeconfig, whatever its spelling was", () => {
    const environment = terminalEnvironment(
      { PATH: '/bin', KUBECONFIG: '/own', kubeconfig: '/own', KubeConfig: '/own', ELECTRON_RUN_AS_NODE: '1' },
      '/gateway.yaml',
      '1.2.3',
    );
    expect(environment).toMatchObject({ PATH: '/bin', KUBECONFIG: '/gateway.yaml', TERM: 'xterm-256color' });
    expect(Object.keys(environment).filter((name) => /kubeconfig/i.test(name))).toEqual(['KUBECONFIG']);
    expect(environment).not.toHaveProperty('ELECTRON_RUN_AS_NODE');
  });

  test('has none of the ways around the kubeconfig that helm takes', () => {
    const around = {
      HELM_KUBEAPISERVER: 'https://prod',
      HELM_KUBETOKEN: 't',
      HELM_KUBECONTEXT: 'c',
      HELM_NAMESPACE: 'n',
    };
    const environment = terminalEnvironment(around, '/gateway.yaml', '1');
    expect(Object.keys(environment).filter((name) => name.startsWith('HELM_'))).toEqual(['HELM_NAMESPACE']);
  });

  test('is read between its marks, whatever rc files print around it', () => {
    const listing = ['HOME=/home/dana', 'MULTI=one\ntwo=three', 'EMPTY=', ''].join('\0');
    expect(environmentBetween(`welcome!\nMARK${listing}MARKbye`, 'MARK')).toEqual({
      HOME: '/home/dana',
      MULTI: 'one\ntwo=three',
      EMPTY: '',
    });
    expect(environmentBetween('the shell crashed', 'MARK')).toBe(null);
    expect(environmentBetween(`MARK${listing}`, 'MARK')).toBe(null);
  });

  test('names the kubeconfig files that kubectl would read', () => {
    expect(ownKubeconfigFiles({ KUBECONFIG: '/a::/b' }, '/nowhere')).toEqual(['/a', '/b']);
    expect(ownKubeconfigFiles({}, '/nowhere')).toEqual([]);
  });

  test('of the gateway has no kubeconfig at all', () => {
    expect(withoutKubeconfig({ HOME: '/h', KUBECONFIG: '/x', HTTPS_PROXY: 'p' })).toEqual({
      HOME: '/h',
      HTTPS_PROXY: 'p',
    });
  });
});

describe('an API request on the timeline of a recording', () => {
  const request = {
    method: 'GET',
    target: '/api/v1/namespaces/payments/pods/web/log?follow=true',
    verb: 'get',
    policyVerb: 'get',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'pods',
    subresource: 'log',
    namespace: 'payments',
    name: 'web',
    userAgent: 'kubectl',
    kubectlCommand: null,
    kubectlSession: null,
    upgrade: null,
  };
  const decided = (
    change: Partial<DecidedRecord['request']>,
    outcome: DecidedRecord['decision']['outcome'],
    as?: string,
  ) =>
    ({
      type: 'decided',
      auditId: 'a-1',
      effective: as ? { user: as, uid: '', groups: [], extra: {} } : null,
      request: { ...request, ...change },
      decision: { outcome },
    }) as unknown as DecidedRecord;

  test.each([
    [decided({}, 'allow'), 'read log of pod payments/web'],
    [
      decided({ policyVerb: 'list', resource: 'nodes', subresource: '', name: '', namespace: '' }, 'deny'),
      'list nodes',
    ],
    [
      decided({ resource: '', subresource: '', name: '', namespace: '', target: '/version?x=1' }, 'allow'),
      'get /version',
    ],
    [decided({ subresource: '' }, 'requireApproval', 'admin'), 'get pod payments/web as admin'],
  ])('is one short line', (record, label) => {
    expect(requestMarker(record)).toEqual({ auditId: 'a-1', outcome: record.decision.outcome, label });
  });

  test('carries what a person decided', () => {
    const approval = { id: 'p-1', code: 'ABCD', state: 'APPROVED', by: 'local:ana', waitedMs: 900 };
    expect(requestMarker({ ...decided({}, 'requireApproval'), approval }).outcome).toBe('approved');
  });
});
