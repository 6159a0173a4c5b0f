import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { base64, SECRET_VALUES } from './steps/fixture.ts';
import { command, result } from './steps/step.ts';

const step = command('get something');
const [VALUE = ''] = SECRET_VALUES;
const MASK = `gatehouse-masked.v1.k1.${'a'.repeat(22)}`;

describe('comparing a client’s two runs', () => {
  it.each([
    ['names of the sides', 'in clients-x-a', 'in clients-x-b'],
    ['addresses', 'https://127.0.0.1:6443/version', 'https://127.0.0.1:7000/c/demo/version'],
    ['times and ages', 'web  5m3s  2026-01-01T00:00:00Z', 'web 7s 2026-02-03T04:05:06Z'],
    ['names of pods', 'web-6d4b75cb6d-hx2kp', 'web-6d4b75cb6d-zzzzz'],
    [
      'the gateway’s own warnings',
      '',
      'Warning: 2 values masked in secret a/b; reveal one in Gatehouse, under Secrets\n',
    ],
  ])('takes no notice of %s', (_name, left, right) => {
    expect(compare(step, result(0, left, left), result(0, right, right)).outcome).toBe('equal');
  });

  it.each([
    ['a word', result(0, 'pod/web'), result(0, 'pod/box')],
    ['an exit code', result(0, 'pod/web'), result(1, 'pod/web')],
    ['stderr', result(1, '', 'not found'), result(1, '', 'forbidden')],
    ['a warning of somebody else', result(0, ''), result(0, '', 'Warning: deprecated')],
  ])('sees %s', (_name, left, right) => {
    expect(compare(step, left, right).outcome).toBe('different');
  });

  it('takes a mask for its value, and says that there was one', () => {
    const left = result(0, `password: ${base64(VALUE)} ${VALUE}`);
    expect(compare(step, left, result(0, `password: ${base64(MASK)} ${MASK}`)).outcome).toBe('masked');
    expect(compare(step, left, left).outcome).toBe('equal');
  });

  it('gives the reason where a difference is expected, and only for that difference', () => {
    const expecting = { ...step, differs: { why: 'policy', says: /never\/rule/ } };
    const refused = result(1, '', 'forbidden (rule never/rule)');
    expect(compare(expecting, result(0, 'x'), refused)).toEqual({ outcome: 'expected', note: 'policy' });
    expect(compare(expecting, result(0, 'x'), result(1, '', 'broken')).outcome).toBe('different');
  });

  it('does not take two failures for success', () => {
    const failure = result(1, '', 'no such command');
    expect(compare(step, failure, failure)).toEqual({ outcome: 'fails-alike', note: 'no such command' });
    expect(compare({ ...step, fails: true }, failure, failure).outcome).toBe('equal');
  });
});
