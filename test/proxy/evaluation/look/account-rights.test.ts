import { describe, expect, it } from 'vitest';
import { AccountRights } from '../../../../proxy/evaluation/look/account-rights.ts';
import { Probe } from '../../../../proxy/forward/probe.ts';
import type { UpstreamRequest } from '../../../../proxy/forward/upstream.ts';
import { read } from '../requests.ts';
import { type Answering, cluster, upstreamOf } from '../upstreams.ts';

const request = read('GET /api/v1/namespaces/shop/pods/p', 'Impersonate-User: eve');
const CI = { namespace: 'shop', name: 'ci' };

function asking(rights: AccountRights, answering: Answering, asked: UpstreamRequest[] = []) {
  const probe = new Probe(upstreamOf(answering, asked), cluster, new AbortController().signal);
  return (account = CI) => rights.strengthOf(account, probe, request);
}

/** Answers that this right of an account is there and no other. */
const allowing =
  (verb: string, resource: string): Answering =>
  ({ body }) => {
    const { spec } = JSON.parse(String(body)) as { spec: { resourceAttributes: { verb: string; resource: string } } };
    const { resourceAttributes: about } = spec;
    return [201, { status: { allowed: about.verb === verb && about.resource === resource } }];
  };

describe('how much a service account may do, as the API server says', () => {
  it.each<[string, string, Answering]>([
    ['one right that leads further', 'yes', allowing('get', 'secrets')],
    ['another of them', 'yes', allowing('bind', 'clusterroles')],
    ['none of them', 'no', allowing('get', 'pods')],
    ['nothing that it would tell', 'not-told', () => [403, {}]],
  ])('%s: %s', async (_name, strength, answering) => {
    expect(await asking(new AccountRights(), answering)()).toBe(strength);
  });

  it('is asked in the account’s namespace, about the account, as the gateway itself', async () => {
    const asked: UpstreamRequest[] = [];
    await asking(new AccountRights(), allowing('get', 'pods'), asked)();
    const [first] = asked;
    expect(first?.target).toBe('/apis/authorization.k8s.io/v1/namespaces/shop/localsubjectaccessreviews');
    expect(first?.headers.map(([name]) => name)).not.toContain('Impersonate-User');
    expect(JSON.parse(String(first?.body))).toMatchObject({ spec: { user: 'system:serviceaccount:shop:ci' } });
  });

  it('is asked once of each account for a while', async () => {
    const asked: UpstreamRequest[] = [];
    const strengthOf = asking(new AccountRights(), allowing('get', 'secrets'), asked);
    await strengthOf();
    const once = asked.length;
    expect([await strengthOf(), asked.length]).toEqual(['yes', once]);
    await strengthOf({ ...CI, name: 'other' });
    expect(asked.length).toBe(2 * once);
  });

  it('is asked again after a failure, which is no answer', async () => {
    const rights = new AccountRights();
    const failing = asking(rights, () => {
      throw new Error('gone');
    });
    await expect(failing()).rejects.toThrow();
    expect(await asking(rights, allowing('get', 'secrets'))()).toBe('yes');
  });
});
