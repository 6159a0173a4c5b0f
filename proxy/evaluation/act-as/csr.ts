import 'reflect-metadata';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { listAt, textAt, textsAt } from '../fields.ts';
import type { Change } from './change.ts';
import { anyone, type Gained } from './service-account.ts';

/** Signers whose certificates the API server takes for clients (kube-controller-manager `certificates/signer`). */
const CLIENT_SIGNER = /^kubernetes\.io\/(?:kube-apiserver-client(?:-kubelet)?|legacy-unknown)$/;

/**
 * The identity that a certificate would give: the common name is the user, each organisation a group. It is gained with
 * the request, and again when somebody approves it.
 */
export function gainedByCertificate({ before, after }: Change): Gained[] {
  const signer = textAt(after, 'spec', 'signerName');
  const usages = textsAt(after, 'spec', 'usages');
  if (!CLIENT_SIGNER.test(signer) && !(signer.startsWith('kubernetes.io/') && usages.includes('client auth')))
    return [];
  const request = textAt(after, 'spec', 'request');
  const isNew = request !== textAt(before, 'spec', 'request');
  if (!isNew && !(isApproved(after) && !isApproved(before))) return [];
  const subject = subjectOf(request);
  if (subject === null) return [anyone('csr', 'whoever the certificate request names, which could not be read')];
  const { user, groups } = subject;
  const inGroups = groups.length === 0 ? '' : ` in ${groups.join(', ')}`;
  const says = `${user || '(no name)'}${inGroups}, by a client certificate`;
  return [{ road: 'csr', user, groups, anyone: user === '' && groups.length === 0, account: null, says }];
}

function isApproved(request: unknown): boolean {
  return listAt(request, 'status', 'conditions').some((condition) => textAt(condition, 'type') === 'Approved');
}

/** Subject of a PKCS#10 request (RFC 2986) in base64 of PEM, as `spec.request` holds it. */
function subjectOf(request: string): { readonly user: string; readonly groups: string[] } | null {
  try {
    const pem = Buffer.from(request, 'base64').toString('latin1');
    const { subjectName } = new Pkcs10CertificateRequest(pem);
    const names = subjectName.getField('CN');
    // The API server takes the last of several; two names are nobody's honest mistake.
    if (names.length > 1) return null;
    return { user: names[0] ?? '', groups: subjectName.getField('O') };
  } catch {
    return null;
  }
}
