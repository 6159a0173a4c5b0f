import { describe, expect, test } from 'vitest';
import { type CallName, calls } from '../../preload/contract.ts';

const accepts = (name: CallName, argument: unknown) => calls[name].argument.safeParse(argument).success;
const secret = { cluster: 'demo', namespace: 'shop', name: 'db', key: 'password', reason: 'on call' };

describe('an argument of the contract', () => {
  test.each<[string, (value: string) => boolean, readonly string[], readonly string[]]>([
    [
      "a cluster's slug",
      (slug) => accepts('clusters.connect', slug),
      ['demo', 'prod-eu-1', 'a'.repeat(63)],
      ['', 'Prod', 'a/b', '..', 'demo?x', 'demo\n', 'a'.repeat(64)],
    ],
    [
      'an identifier',
      (id) => accepts('recordings.read', id),
      ['t-1', '20260101T000000-ab_C', 'a'.repeat(64)],
      ['', '../journal', 'r-1/../../x', 'r.1', 'r-1\n', 'r-1 ', 'a'.repeat(65)],
    ],
    [
      "a namespace's name",
      (namespace) => accepts('secrets.list', { cluster: 'demo', namespace }),
      ['shop', 'kube-system', 'a', 'a'.repeat(63)],
      ['', '-a', 'a-', 'a.b', 'A', 'a/secrets', 'a?limit=1', 'a\n', 'a'.repeat(64)],
    ],
    [
      "a Secret's name",
      (name) => accepts('secrets.reveal', { ...secret, name }),
      ['db', 'sh.helm.release.v1.web.v1', 'a'.repeat(253)],
      ['', '.a', 'a.', 'a/b', 'a%2fb', 'A', 'a\n', 'a'.repeat(254)],
    ],
    [
      'a key of a Secret',
      (key) => accepts('secrets.reveal', { ...secret, key }),
      ['password', '.dockerconfigjson', 'tls.crt', 'A_b-1'],
      ['', 'a/b', 'a b', 'a\n', 'a'.repeat(254)],
    ],
    [
      'a reason',
      (reason) => accepts('secrets.reveal', { ...secret, reason }),
      ['on call', ' on call ', 'a'.repeat(500)],
      ['', '   ', '\n', 'a'.repeat(501)],
    ],
    [
      'a folder',
      (folder) => accepts('app.openFolder', folder),
      ['policy', 'data', 'recordings', 'kubeconfigs', 'logs'],
      ['keys', 'root', '/etc', ''],
    ],
    [
      'a verdict',
      (verdict) => accepts('approvals.review', { id: 'a-1', verdict, comment: null }),
      ['approve', 'deny'],
      ['', 'APPROVE', 'approved'],
    ],
  ])('%s is what it says and nothing else', (_what, accepted, good, bad) => {
    expect(good.filter((value) => !accepted(value))).toEqual([]);
    expect(bad.filter(accepted)).toEqual([]);
  });

  test.each<[CallName, object, boolean]>([
    ['settings.write', { revealSeconds: 5 }, true],
    ['settings.write', { revealSeconds: 300 }, true],
    ['settings.write', { revealSeconds: 4 }, false],
    ['settings.write', { revealSeconds: 301 }, false],
    ['journal.query', { filter: {}, limit: 1000 }, true],
    ['journal.query', { filter: {}, limit: 1001 }, false],
    ['journal.query', { filter: {}, limit: 0 }, false],
    ['terminals.open', { cluster: 'demo', namespace: null, columns: 1000, rows: 1000 }, true],
    ['terminals.open', { cluster: 'demo', namespace: null, columns: 1001, rows: 24 }, false],
    ['streams.end', { auditId: 's-1', comment: 'a'.repeat(500) }, true],
    ['streams.end', { auditId: 's-1', comment: 'a'.repeat(501) }, false],
  ])('%s with %j fits: %s', (name, argument, fits) => {
    expect(accepts(name, argument)).toBe(fits);
  });

  test('reaches a handler without what the contract does not name', () => {
    const vote = { id: 'a-1', verdict: 'deny', comment: null };
    expect(calls['approvals.review'].argument.parse({ ...vote, by: 'local:somebody-else' })).toEqual(vote);
  });
});
