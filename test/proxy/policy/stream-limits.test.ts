import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../../proxy/policy/compile-policy.ts';
import { parsePolicyFile } from '../../../proxy/policy/document/parse-policy.ts';
import { allowsPort, limitedBy, NO_LIMITS, recordedBy } from '../../../proxy/policy/stream-limits.ts';

function policy(stream: string) {
  return parsePolicyFile(
    'streams.yaml',
    [
      ...['apiVersion: gatehouse/v1', 'kind: AccessPolicy', 'metadata: {name: streams}', 'spec:', '  rules:'],
      ...[
        '  - id: limits',
        '    effect: none',
        '    match: {resources: [pods/exec]}',
        `    obligations: {stream: ${stream}}`,
      ],
    ].join('\n'),
  );
}

describe('obligations.stream', () => {
  it('is compiled with its rule', () => {
    const { policies, problems } = policy('{stdin: deny, ports: [8080, "9000-9100"], maxDuration: 1h30m}');
    expect(problems).toEqual([]);
    expect(compilePolicies(policies).rules[0]?.stream).toEqual({
      stdin: 'deny',
      ports: [
        { from: 8080, to: 8080 },
        { from: 9000, to: 9100 },
      ],
      maxDuration: 5_400_000,
    });
  });

  it.each([
    ['an empty block', '{}'],
    ['stdin: allow, which would read as taking back a denial', '{stdin: allow}'],
    ['no port at all', '{ports: []}'],
    ['port 0', '{ports: [0]}'],
    ['port 65536', '{ports: [65536]}'],
    ['a range that runs backwards', '{ports: ["9100-9000"]}'],
    ['a name of a port', '{ports: [http]}'],
    ['a time of nothing', '{maxDuration: 0s}'],
    ['a time in other words', '{maxDuration: forever}'],
    ['a key that nobody knows', '{maxBytes: 5}'],
  ])('refuses %s, with the line', (_what, block) => {
    const { policies, problems } = policy(block);
    expect(policies).toEqual([]);
    expect(problems[0]).toMatchObject({ file: 'streams.yaml', line: 9 });
  });
});

describe('limits of several rules', () => {
  it('combine to the strictest', () => {
    const limits = [
      { ports: [{ from: 1, to: 100 }], maxDuration: 60_000 },
      { stdin: 'deny' as const },
      { ports: [{ from: 50, to: 200 }], maxDuration: 30_000 },
    ].reduce(limitedBy, NO_LIMITS);
    expect(limits).toMatchObject({ stdin: false, maxDuration: 30_000 });
    expect([49, 50, 100, 101].map((port) => allowsPort(limits, port))).toEqual([false, true, true, false]);
  });

  it('are none where no rule says any', () => {
    expect(allowsPort(NO_LIMITS, 22)).toBe(true);
    expect(NO_LIMITS).toMatchObject({ stdin: true, maxDuration: null });
  });

  it('record the most that any of them asks for', () => {
    const first = recordedBy(null, { level: 'metadata', required: true, input: 'off' });
    expect(first).toEqual({ level: 'metadata', required: true, input: false });
    expect(recordedBy(first, { level: 'full', required: false, input: 'on' })).toEqual({
      level: 'full',
      required: true,
      input: true,
    });
  });
});
