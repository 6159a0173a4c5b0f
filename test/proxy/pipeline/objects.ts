import type { Answering } from './outer-edges.ts';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const SECRET_PATH = '/api/v1/namespaces/shop/secrets/db';
export const SECRETS_PATH = '/api/v1/namespaces/shop/secrets';
export const PODS_PATH = '/api/v1/namespaces/shop/pods';
export const POD_PATH = `${PODS_PATH}/web-0`;
export const LOG_PATH = `${POD_PATH}/log`;

export const PASSWORD = 'hunter2-and-more';

export const MERGE = 'Content-Type: application/merge-patch+json';
export const JSON_PATCH = 'Content-Type: application/json-patch+json';

/** A Secret as the API server holds it. */
export function secret(resourceVersion = '7', password = PASSWORD) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop', uid: 'u', resourceVersion },
    data: { password: base64(password) },
    type: 'Opaque',
  };
}

export function secretList(count: number) {
  const items = Array.from({ length: count }, (_, index) => ({
    metadata: { name: `db-${index}`, namespace: 'shop', uid: `u${index}`, resourceVersion: '7' },
    data: { password: base64(`${PASSWORD}-${index}`) },
  }));
  return { apiVersion: 'v1', kind: 'SecretList', metadata: { resourceVersion: '7' }, items };
}

export function failure(code: number, message: string, details: object = {}) {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, details, code };
}

/** A change that gives a pod another service account, and the API server that takes it. */
export const ACT_AS_CI = { spec: { serviceAccountName: 'ci' } };

/** An API server with one pod, whose version and service account may be said anew. */
export function podCluster(
  now: () => { readonly version: string; readonly account?: string } = () => ({ version: '7' }),
): Answering {
  return ({ method, target }) => {
    if (target.includes('localsubjectaccessreviews')) return { status: 201, body: { status: { allowed: true } } };
    const { version, account = 'ci' } = now();
    const spec = method === 'GET' ? {} : { serviceAccountName: account };
    return { body: { metadata: { name: 'web-0', namespace: 'shop', uid: 'u', resourceVersion: version }, spec } };
  };
}
