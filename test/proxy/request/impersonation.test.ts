import { describe, expect, it } from 'vitest';
import { Refusal, type RefusalCode } from '../../../proxy/refusal.ts';
import type { Impersonation } from '../../../proxy/request/api-request.ts';
import { HeaderList } from '../../../proxy/request/header-list.ts';
import { effectiveIdentity, readImpersonation, serviceAccountOf } from '../../../proxy/request/impersonation.ts';

type Line = readonly [name: string, value: string];
const read = (...lines: Line[]) => readImpersonation(new HeaderList(lines));

function refusal(...lines: Line[]): RefusalCode | 'read' {
  try {
    read(...lines);
    return 'read';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const BOB: Line = ['Impersonate-User', 'bob'];

/** As Node hands over what a client writes as UTF-8: one character for each byte. */
function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

describe('impersonation headers', () => {
  it('are nobody when there are none', () => {
    expect(read(['User-Agent', 'kubectl'])).toBeNull();
  });

  it('case 1: two group lines are two groups, and a comma is part of a name', () => {
    const asked = read(
      BOB,
      ['Impersonate-Group', 'a'],
      ['Impersonate-Group', 'b'],
      ['Impersonate-Group', 'a, system:masters'],
    );
    expect(asked?.groups).toEqual(['a', 'b', 'a, system:masters']);
  });

  it.each<[string, RefusalCode, Line[]]>([
    ['case 2: two users', 'header-repeated', [BOB, ['Impersonate-User', 'eve']]],
    [
      'case 2: an empty user with groups',
      'impersonation-malformed',
      [
        ['Impersonate-User', ''],
        ['Impersonate-Group', 'g'],
      ],
    ],
    ['case 2: a blank user', 'impersonation-malformed', [['Impersonate-User', '  ']]],
    ['case 44: an empty user before a named one', 'header-repeated', [['Impersonate-User', ''], BOB]],
    ['case 3: a group without a user', 'impersonation-malformed', [['Impersonate-Group', 'g']]],
    ['case 3: a UID without a user', 'impersonation-malformed', [['Impersonate-Uid', '1']]],
    ['case 3: an extra without a user', 'impersonation-malformed', [['Impersonate-Extra-a', 'v']]],
    ['case 4: an unknown name', 'impersonation-malformed', [BOB, ['Impersonate-Foo', 'x']]],
    ['case 4: an unknown name in odd case', 'impersonation-malformed', [BOB, ['iMPersonate-fOO', 'x']]],
    ['case 4: the bare prefix', 'impersonation-malformed', [BOB, ['Impersonate-', 'x']]],
    ['an empty group', 'impersonation-malformed', [BOB, ['Impersonate-Group', '']]],
    ['an empty UID', 'impersonation-malformed', [BOB, ['Impersonate-Uid', '']]],
    ['two UIDs', 'header-repeated', [BOB, ['Impersonate-Uid', '1'], ['Impersonate-Uid', '1']]],
    [
      'case 6: an extra key with capitals behind its escape',
      'impersonation-not-allowed',
      [BOB, ['Impersonate-Extra-%4B', 'v']],
    ],
    ['case 6: an extra key with a space', 'impersonation-not-allowed', [BOB, ['Impersonate-Extra-a%20b', 'v']]],
    ['case 6: an extra key with NUL', 'impersonation-not-allowed', [BOB, ['Impersonate-Extra-%00', 'v']]],
    ['case 6: an empty extra key', 'impersonation-not-allowed', [BOB, ['Impersonate-Extra-', 'v']]],
    ['case 6: a broken escape', 'impersonation-not-allowed', [BOB, ['Impersonate-Extra-%zz', 'v']]],
    [
      'case 6: a key of the gateway',
      'impersonation-not-allowed',
      [BOB, ['Impersonate-Extra-gatehouse.dev%2Fprincipal', 'v']],
    ],
    [
      'case 7: a Connection header that names the user',
      'impersonation-malformed',
      [BOB, ['Connection', 'close, Impersonate-User']],
    ],
    [
      'case 7: a second Connection line that does',
      'impersonation-malformed',
      [BOB, ['Connection', ''], ['connection', 'impersonate-user']],
    ],
    ['a name that is not UTF-8', 'impersonation-malformed', [['Impersonate-User', 'b\u00f6b']]],
    [
      'a group that is cut in a character',
      'impersonation-malformed',
      [BOB, ['Impersonate-Group', wire('é').slice(0, 1)]],
    ],
    ['an overlong encoding', 'impersonation-malformed', [['Impersonate-User', 'b\u00c0\u00af']]],
    ['a surrogate in UTF-8', 'impersonation-malformed', [['Impersonate-User', '\u00ed\u00a0\u0080']]],
    ['a tab in a name', 'impersonation-malformed', [['Impersonate-User', 'a\tb']]],
    ['a control character beyond ASCII', 'impersonation-malformed', [['Impersonate-User', wire('a\u0085b')]]],
    ['a name of nothing but wide spaces', 'impersonation-malformed', [['Impersonate-User', wire('\u00a0\u2003')]]],
  ])('%s is refused', (_name, code, lines) => {
    expect(refusal(...lines)).toBe(code);
  });

  it('case 4: header names are read without regard to case', () => {
    expect(read(['iMPersonate-uSER', 'bob'], ['IMPERSONATE-GROUP', 'g'])).toMatchObject({ user: 'bob', groups: ['g'] });
  });

  it('names of all letters are read as people write them', () => {
    const lines = [
      ['Impersonate-User', 'Größe'],
      ['Impersonate-Uid', 'ü'],
      ['Impersonate-Group', '開発'],
      ['Impersonate-Group', '\u{1f98a}, é'],
      ['Impersonate-Extra-scopes', 'ñ'],
    ].map(([name = '', value = '']) => [name, wire(value)] as const);
    expect(read(...lines)).toEqual({
      user: 'Größe',
      uid: 'ü',
      groups: ['開発', '\u{1f98a}, é'],
      extra: new Map([['scopes', ['ñ']]]),
    });
  });

  it('what is no space to HTTP stays, and no two spellings of a letter are one', () => {
    expect(read(['Impersonate-User', wire('\u00a0a')])?.user).toBe('\u00a0a');
    expect(read(['Impersonate-User', wire('\ufeffa')])?.user).toBe('\ufeffa');
    expect(read(['Impersonate-User', wire('é'.normalize('NFD'))])?.user).toBe('e\u0301');
  });

  it('case 5: a UID is kept, for policy to judge', () => {
    expect(read(BOB, ['Impersonate-Uid', '123'])?.uid).toBe('123');
  });

  it('case 6: an extra key is lower-cased, then decoded; spellings of one key are merged', () => {
    const asked = read(
      BOB,
      ['Impersonate-Extra-Scopes%2fadmin', 'v'],
      ['Impersonate-Extra-K', '1'],
      ['Impersonate-Extra-%6b', '2'],
    );
    expect([...(asked?.extra ?? [])]).toEqual([
      ['scopes/admin', ['v']],
      ['k', ['1', '2']],
    ]);
  });
});

describe('the effective identity has the groups that the API server adds', () => {
  const acting = (user: string, groups: string[] = []): Impersonation => ({ user, uid: '', groups, extra: new Map() });

  it.each([
    ['a user', acting('bob'), ['system:authenticated']],
    ['a user with groups', acting('bob', ['dev']), ['dev', 'system:authenticated']],
    ['a user who is unauthenticated', acting('bob', ['system:unauthenticated']), ['system:unauthenticated']],
    [
      'case 11: a service account',
      acting('system:serviceaccount:ns:sa'),
      ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
    ],
    [
      'a service account with groups of its own',
      acting('system:serviceaccount:ns:sa', ['dev']),
      ['dev', 'system:authenticated'],
    ],
    [
      'a malformed service account is an ordinary user',
      acting('system:serviceaccount:ns:sa:x'),
      ['system:authenticated'],
    ],
    ['anonymous', acting('system:anonymous'), ['system:unauthenticated']],
    ['a node, which gets nothing', acting('system:node:n'), ['system:authenticated']],
  ])('%s', (_name, impersonation, groups) => {
    expect(effectiveIdentity(impersonation).groups).toEqual(groups);
  });

  it('keeps user, UID and extras', () => {
    const extra = new Map([['k', ['v']]]);
    expect(effectiveIdentity({ user: 'bob', uid: '7', groups: [], extra })).toMatchObject({
      user: 'bob',
      uid: '7',
      extra: { k: ['v'] },
    });
  });

  it('knows a service account by a DNS label and a DNS subdomain', () => {
    expect(serviceAccountOf('system:serviceaccount:ns:a.b')).toEqual({ namespace: 'ns', name: 'a.b' });
    for (const user of [
      'system:serviceaccount:Ns:a',
      'system:serviceaccount:n.s:a',
      'system:serviceaccount:ns:',
      'xsystem:serviceaccount:ns:a',
    ]) {
      expect(serviceAccountOf(user)).toBeNull();
    }
  });
});
