import { describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../../model/decision.ts';
import { maskDocument } from '../../../../proxy/masking/mask-document.ts';
import { REDACTED } from '../../../../proxy/masking/tokens/mask-token.ts';
import { apiRequest, arriving, KEY } from '../requests.ts';

const CANARY = 'hunter2-and-more';
const TOKEN = /^gatehouse-masked\.v1\.k1\./;
const rule = (given: Partial<MaskObligation>): MaskObligation => ({
  ...{ resource: 'secrets', fields: [], annotations: [], keep: [] },
  ...given,
});

async function mask(object: object, resource: string, obligations: readonly MaskObligation[]) {
  const request = apiRequest({ verb: 'get', resource, name: 'db' });
  const { chunks } = await maskDocument(arriving(JSON.stringify(object)), { request, obligations }, { key: KEY });
  return JSON.parse(Buffer.concat(chunks).toString());
}

describe('rules', () => {
  it.each([
    ['data', 'stringData'],
    ['stringData', 'data'],
  ])('about %s of a Secret are about %s too', async (named, other) => {
    const secret = { kind: 'Secret', metadata: { name: 'db' }, [other]: { password: btoa(CANARY) } };
    const masked = await mask(secret, 'secrets', [rule({ fields: [`${named}.*`] })]);
    expect(JSON.stringify(masked)).not.toContain(btoa(CANARY));
  });

  const asToken = { as: 'token' as const };
  const asRedact = { as: 'redact' as const };

  it.each([
    ['first', [asRedact, asToken]],
    ['last', [asToken, asRedact]],
  ])('that redact a field win over those that leave a token: %s', async (_, forms) => {
    const pod = { kind: 'Pod', metadata: { name: 'db' }, spec: { pin: CANARY } };
    const rules = forms.map((form) => rule({ resource: 'pods', fields: ['spec.pin'], ...form }));
    expect((await mask(pod, 'pods', rules)).spec.pin).toBe(REDACTED);
    expect((await mask(pod, 'pods', [rule({ resource: 'pods', fields: ['spec.pin'] })])).spec.pin).toMatch(TOKEN);
  });

  it.each([
    ['first', [asRedact, asToken]],
    ['last', [asToken, asRedact]],
  ])('that redact an annotation win over those that leave a token: %s', async (_, forms) => {
    const pod = { kind: 'Pod', metadata: { name: 'db', annotations: { pin: CANARY } } };
    const rules = forms.map((form) => rule({ resource: 'pods', annotations: ['pin'], ...form }));
    expect((await mask(pod, 'pods', rules)).metadata.annotations.pin).toBe(REDACTED);
  });
});
