import { describe, expect, it } from 'vitest';
import { valuesOfBody } from '../../../../proxy/masking/body-values.ts';
import { compileMaskRules } from '../../../../proxy/masking/plan/mask-rules.ts';
import { JSON_PATCH } from '../../../../proxy/request/media-types.ts';
import { apiRequest, MASK_SECRETS } from '../requests.ts';

const CANARY = 'hunter2-and-more';
const secret = { kind: 'Secret', metadata: { name: 'plain-name' }, data: { password: btoa(CANARY) } };

/** What of the text is known from the body of a write of Secrets. */
function found(body: string, contentType: string, text: string): string[] {
  const request = apiRequest({ verb: 'update', name: 'db' }, { method: 'PUT', contentType });
  const rules = compileMaskRules({ request, obligations: [MASK_SECRETS] });
  if (rules === null) throw new Error('nothing is masked');
  return valuesOfBody(Buffer.from(body), request, rules)
    .find(text)
    .map(({ start, end }) => text.slice(start, end));
}

describe('the values of a body', () => {
  it.each([
    ['in clear', CANARY],
    ['as they were sent', btoa(CANARY)],
  ])('that the rules mask are known %s', (_, written) => {
    expect(found(JSON.stringify(secret), 'application/json', `plain-name has ${written}!`)).toEqual([written]);
  });

  it('in YAML are known too', () => {
    const yaml = `kind: Secret\nmetadata: {name: plain-name}\nstringData:\n  password: ${CANARY}\n`;
    expect(found(yaml, 'application/apply-patch+yaml', `plain-name has ${CANARY}!`)).toEqual([CANARY]);
  });

  it('of a JSON Patch are all its texts but for what it does and where', () => {
    const patch = [{ op: 'replace', path: '/data/a-long-path', value: { deep: ['a-deep-value'] } }];
    const text = 'replace /data/a-long-path with a-deep-value';
    expect(found(JSON.stringify(patch), JSON_PATCH, text)).toEqual(['a-deep-value']);
  });

  it('in which the rules cannot be followed are all its texts', () => {
    const body = JSON.stringify({ ...secret, data: { password: 7 } });
    expect(found(body, 'application/json', 'plain-name has 7')).toEqual(['plain-name']);
  });
});
