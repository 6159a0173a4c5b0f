import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { sender } from './asked-about.ts';

const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };

async function certificateRequest(name: string, subject: string): Promise<object> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: subject, keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } },
    webcrypto as Parameters<typeof Pkcs10CertificateRequestGenerator.create>[1],
  );
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: Buffer.from(request.toString('pem')).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    },
  };
}

/** Client certificates: the identity stands in the request, and counts again when it is approved. */
export function describeCertificates(environment: () => RunningGateway): void {
  describe('client certificates', () => {
    const { asked, send } = sender(environment);

    beforeAll(async () => {
      const request = JSON.stringify(await certificateRequest('gatehouse-pending', 'CN=carol,O=dev'));
      const created = await environment().directly(['create', '-f', '-'], { input: request });
      expect(created.stderr).toBe('');
    });
    afterAll(async () => {
      await environment().directly(['delete', 'csr', 'gatehouse-pending']);
    });

    it('case 39: approval by patch names who it would make', async () => {
      const status = { conditions: [{ type: 'Approved', status: 'True', reason: 'r', message: 'm' }] };
      const message = await asked(send('PATCH', `${CSRS}/gatehouse-pending/approval`, MERGE, { status }));
      expect(message).toContain('carol in dev, by a client certificate');
    });

    it('case 39: kubectl certificate approve, which is an update, names who it would make', async () => {
      const { startKubectl, decideNext, gateway } = environment();
      const approving = startKubectl(['certificate', 'approve', 'gatehouse-pending']);
      await decideNext('approve');
      const { code, stderr } = await approving.done;
      expect(code, stderr).toBe(0);
      const shown = gateway.approvals().find(({ intent }) => intent.request.verb === 'update');
      expect(shown?.intent.message).toContain('carol in dev, by a client certificate');
    });

    it('case 39: a certificate request names who it would make', async () => {
      const body = await certificateRequest('gatehouse-bob', 'CN=bob,O=dev,O=ops');
      expect(await asked(send('POST', CSRS, JSON_TYPE, body))).toContain('bob in dev, ops, by a client certificate');
    });

    it.each([
      ['O=system:masters', 'CN=eve,O=dev,O=system:masters'],
      ['the controller manager', 'CN=system:kube-controller-manager'],
      ['a node', 'CN=system:node:n1,O=system:nodes'],
    ])('case 39: a certificate for %s is refused', async (_name, subject) => {
      const answer = await send('POST', CSRS, JSON_TYPE, await certificateRequest('gatehouse-eve', subject))();
      expect(answer.status, answer.body).toBe(403);
    });
  });
}
