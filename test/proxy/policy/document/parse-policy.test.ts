import { describe, expect, it } from 'vitest';
import { document, problemsIn } from '../policies.ts';

const rule = (rest: string) => document(`  - {id: a, effect: allow, match: {}, ${rest}}\n`);
const match = (rest: string) => document(`  - {id: a, effect: allow, match: {${rest}}}\n`);

describe('a policy file that is not understood is refused as a whole, with the line', () => {
  it.each<[string, string, { line: number; code: string; message: RegExp }]>([
    [
      'CEL conditions',
      rule('when: [{name: x, expr: "true"}]'),
      { line: 6, code: 'not-supported-yet', message: /"when" is not supported yet/ },
    ],
    [
      'variables',
      document('    []\n', '  variables: {a: b}\n'),
      { line: 5, code: 'not-supported-yet', message: /"variables"/ },
    ],
    [
      'break-glass',
      document('    []\n  breakGlass: {}\n'),
      { line: 7, code: 'not-supported-yet', message: /"breakGlass"/ },
    ],
    ['commands', match('commands: {anyOf: [a]}'), { line: 6, code: 'not-supported-yet', message: /"commands"/ }],
    ['schedule', match('schedule: {}'), { line: 6, code: 'not-supported-yet', message: /"schedule"/ }],
    ['images', match('images: [a]'), { line: 6, code: 'not-supported-yet', message: /"images"/ }],
    ['agents', match('agents: {any: true}'), { line: 6, code: 'not-supported-yet', message: /"agents"/ }],
    [
      'a mask pattern of another engine',
      rule('obligations: {mask: [{resource: a, patterns: ["re2:x+"]}]}'),
      { line: 6, code: 'invalid-value', message: /builtin:jwt/ },
    ],
    [
      'a quorum',
      document('  - {id: a, effect: requireApproval, match: {}, approval: {level: peer, quorum: 2}}\n'),
      { line: 6, code: 'not-supported-yet', message: /"quorum"/ },
    ],
    [
      'observe mode',
      document('    []\n', '  mode: observe\n'),
      { line: 5, code: 'invalid-value', message: /observe is not supported yet/ },
    ],
    ['an unknown key', rule('mach: {}'), { line: 6, code: 'unknown-key', message: /"mach" is not a key/ }],
    [
      'an unknown key in an impersonation set',
      match('impersonation: {as: {user: [bob]}}'),
      { line: 6, code: 'unknown-key', message: /"user" is not a key/ },
    ],
    [
      'an allow default',
      document('    []\n', '  defaults: {decision: allow}\n'),
      { line: 5, code: 'invalid-value', message: /must be deny/ },
    ],
    [
      'another version',
      document('    []\n').replace('gatehouse/v1', 'gatehouse/v2'),
      { line: 1, code: 'invalid-value', message: /gatehouse\/v1/ },
    ],
    [
      'another kind',
      document('    []\n').replace('AccessPolicy', 'PolicyTest'),
      { line: 2, code: 'invalid-value', message: /AccessPolicy/ },
    ],
    [
      'a misspelt verb',
      match('verbs: [get, lsit]'),
      { line: 6, code: 'invalid-value', message: /"lsit" is not a verb/ },
    ],
    [
      'the verb impersonate',
      match('verbs: [impersonate]'),
      { line: 6, code: 'invalid-value', message: /impersonation block/ },
    ],
    [
      'a malformed resource',
      match('resources: ["apps/v1/deployments"]'),
      { line: 6, code: 'invalid-value', message: /must be a resource/ },
    ],
    ['an empty list', match('verbs: []'), { line: 6, code: 'invalid-value', message: /at least one/ }],
    ['an empty block', match('subjects: {}'), { line: 6, code: 'invalid-value', message: /is empty/ }],
    ['an empty not', match('not: {}'), { line: 6, code: 'invalid-value', message: /is empty/ }],
    [
      'any beside as',
      match('impersonation: {any: true, as: {users: [a]}}'),
      { line: 6, code: 'invalid-value', message: /both any and as/ },
    ],
    ['any: false', match('impersonation: {any: false}'), { line: 6, code: 'invalid-value', message: /must be true/ }],
    ['an unknown set', match('clusters: $prod'), { line: 6, code: 'unknown-set', message: /no set \$prod/ }],
    [
      'a set of another kind',
      document('  - {id: a, effect: allow, match: {clusters: $x}}\n', '  sets: {x: [a]}\n'),
      { line: 7, code: 'invalid-value', message: /not a set with clusters/ },
    ],
    [
      'an unknown placeholder',
      rule('message: "{{request.user}}"'),
      { line: 6, code: 'invalid-value', message: /request.user/ },
    ],
    [
      'an approval without the block',
      document('  - {id: a, effect: requireApproval, match: {}}\n'),
      { line: 6, code: 'invalid-value', message: /approval block/ },
    ],
    [
      'an approval block on allow',
      rule('approval: {level: peer}'),
      { line: 6, code: 'invalid-value', message: /no meaning/ },
    ],
    [
      'a malformed time',
      document('  - {id: a, effect: requireApproval, match: {}, approval: {level: peer, hold: 5}}\n'),
      { line: 6, code: 'invalid-value', message: /hold/ },
    ],
    [
      'none without obligations',
      document('  - {id: a, effect: none, match: {}}\n'),
      { line: 6, code: 'invalid-value', message: /obligations/ },
    ],
    [
      'a rule without match',
      document('  - {id: a, effect: allow}\n'),
      { line: 6, code: 'invalid-value', message: /match/ },
    ],
    [
      'two rules of one id',
      document('  - {id: a, effect: allow, match: {}}\n  - {id: a, effect: deny, match: {}}\n'),
      { line: 7, code: 'name-taken', message: /two rules/ },
    ],
    [
      'two policies of one name',
      `${document('    []\n')}---\n${document('    []\n')}`,
      { line: 10, code: 'name-taken', message: /also the name/ },
    ],
    ['a repeated key', document('    []\n  rules: []\n'), { line: 7, code: 'yaml', message: /unique/ }],
    ['an unquoted *', match('resources: [*]'), { line: 6, code: 'yaml', message: /quotes/ }],
    ['an anchor', document('    []\n', '  sets: {a: &x [b]}\n'), { line: 5, code: 'yaml', message: /anchors/ }],
    ['broken YAML', 'apiVersion: [\n', { line: 2, code: 'yaml', message: /./ }],
    ['no document', '# nothing\n', { line: 0, code: 'no-documents', message: /no policy document/ }],
    ['a text', 'hello\n', { line: 1, code: 'invalid-value', message: /object/ }],
  ])('%s', (_name, text, { line, code, message }) => {
    const [problem] = problemsIn(text);
    expect(problem).toMatchObject({ file: 'p.yaml', line, code, message: expect.stringMatching(message) });
  });

  it('says the column and the path, and finds every problem at once', () => {
    const text = document(
      '  - id: a\n    effect: allow\n    match:\n      verbs: [get]\n      when: []\n      resource: [pods]\n',
    );
    expect(problemsIn(text).map(({ line, column, message }) => [line, column, message.split(':', 1)[0]])).toEqual([
      [10, 7, 'spec.rules[0].match'],
      [11, 7, 'spec.rules[0].match'],
    ]);
  });

  it('accepts the whole of the format that is built', () => {
    const text = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: prod, owners: ["group:platform-sec"]}
spec:
  mode: enforce
  defaults: {decision: deny, onError: deny, record: metadata}
  sets:
    prod: {clusters: {names: ["prod-*"], labels: {env: prod}}}
    privileged: {users: ["system:admin"], groups: ["system:masters"], serviceAccounts: ["kube-system:*"]}
    reads: [get, list, watch]
  rules:
  - id: everything
    effect: requireApproval
    match:
      subjects: {users: [a], groups: [b]}
      sessions: [inAppTerminal, outside, app, headless]
      clusters: $prod
      verbs: $reads
      resources: [secrets, jobs.batch, "*.apps", "*/scale", pods/*]
      nonResourceURLs: [/version]
      namespaces: ["*"]
      names: a
      impersonation: {as: $privileged, uids: ["*"]}
      not: {names: [b]}
    approval: {level: ownerConfirm, requestTTL: 15m, grantTTL: 1h30m, hold: 0s, reason: required, grant: exact}
    obligations:
      mask:
      - {resource: secrets, fields: ["data.*"], keep: ["data['ca.crt']"], annotations: [a/b], as: token}
      - {resource: a.b.c, fields: "spec.list[*].**.x", patterns: ["builtin:jwt", "glob:a*"], as: redact}
      - {resource: "*", patterns: "builtin:credentials"}
      record: {level: full, required: true, input: off}
    message: "{{impersonation.user}} in {{cluster}}"
`;
    expect(problemsIn(text)).toEqual([]);
  });
});
