import { describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../model/decision.ts';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { apiRequest, arriving, KEY, MASK_SECRETS } from './requests.ts';

/** What is remembered of an answer, for logs and errors. */
async function seenIn(object: object, resource: string, obligation: MaskObligation): Promise<string[]> {
  const seen = new SeenValues();
  const request = apiRequest({ verb: 'get', resource, name: 'db' });
  const subject = { request, obligations: [obligation], seen };
  const { chunks } = await maskDocument(arriving(JSON.stringify(object)), subject, { key: KEY });
  expect(Buffer.concat(chunks).length).toBeGreaterThan(0);
  return seen.values().map(String);
}

describe('what is masked is remembered', () => {
  it.each(['postgres', 'hunter2-and-more', 'password'])('whatever it looks like, of a Secret: %s', async (value) => {
    const secret = { kind: 'Secret', metadata: { name: 'db' }, data: { value: btoa(value) } };
    expect(await seenIn(secret, 'secrets', MASK_SECRETS)).toEqual([value]);
  });

  it.each([
    ['postgres', []],
    ['Hunter2-and-more!', ['Hunter2-and-more!']],
  ])('of anything else only where it is no ordinary word: %s', async (value, expected) => {
    const pod = { kind: 'Pod', metadata: { name: 'db' }, spec: { pin: value } };
    const rule = { resource: 'pods', fields: ['spec.pin'], annotations: [], keep: [] };
    expect(await seenIn(pod, 'pods', rule)).toEqual(expected);
  });

  it('though the client is shown no token for it', async () => {
    const secret = { kind: 'Secret', metadata: { name: 'db' }, data: { value: btoa('postgres') } };
    expect(await seenIn(secret, 'secrets', { ...MASK_SECRETS, as: 'redact' })).toEqual(['postgres']);
  });
});
