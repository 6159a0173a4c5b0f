import { randomBytes } from 'node:crypto';

/** The engineer whose laptop this is: the user of the context `demo`. */
export const engineer = {
  username: 'dana.reyes@larkfield.example',
  groups: ['larkfield:platform-engineering'],
} as const;

/** The contractor's CI account, whose contract ended and whose token was never taken back. */
export const contractorAccount = { namespace: 'ci', name: 'oakline-deployer' } as const;

/** A bearer token in the form of a service account's, new at each start; it opens the demo cluster and nothing else. */
export function contractorToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': contractorAccount.namespace,
    'kubernetes.io/serviceaccount/secret.name': 'oakline-deployer-token',
    'kubernetes.io/serviceaccount/service-account.name': contractorAccount.name,
    sub: `system:serviceaccount:${contractorAccount.namespace}:${contractorAccount.name}`,
  };
  return `${part({ alg: 'RS256', kid: 'gatehouse-demo' })}.${part(claims)}.${randomBytes(96).toString('base64url')}`;
}
