import { describe, expect, it } from 'vitest';
import { maskRelease } from '../../../proxy/masking/helm-release/mask-release.ts';
import { restoreRelease } from '../../../proxy/masking/helm-release/restore-release.ts';
import { jsonText } from '../../../proxy/request/json-text.ts';
import { isJsonObject, type JsonObject } from '../../../proxy/request/json-value.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';

const VALUE = 'hunter2-and-more';
const BEFORE = 'kind: ConfigMap\ndata: {colour: blue}\n';
const SECRET = `kind: Secret\nmetadata: {name: db}\nstringData:\n  password: ${VALUE}\n`;

function releaseOf(manifest: string): JsonObject {
  const release = readStrictJson(Buffer.from(JSON.stringify({ name: 'web', manifest })));
  if (!isJsonObject(release)) throw new Error('no object');
  return release;
}

describe('a Secret in a manifest of several documents', () => {
  it.each([
    ['a bare line', `${BEFORE}---\n${SECRET}`],
    ['a line with spaces behind it', `${BEFORE}---  \n${SECRET}`],
    ['a line with a comment', `${BEFORE}--- # Source: web/templates/secret.yaml\n${SECRET}`],
    ['Windows lines', `${BEFORE}---\r\n${SECRET}`.replaceAll(/\r?\n/g, '\r\n')],
    ['a line that the document begins in', `${BEFORE}--- {"kind":"Secret","stringData":{"password":"${VALUE}"}}\n`],
    ['a line that the first document begins in', `--- {"kind":"Secret","stringData":{"password":"${VALUE}"}}\n`],
    ['a line behind which nothing stands', `${SECRET}---`],
  ])('is masked behind %s, and comes back as it was', (_, manifest) => {
    const values = new Map<string, { field: string; bytes: Buffer; isNumber: boolean }>();
    const release = releaseOf(manifest);
    const masked = maskRelease(release, (value) => {
      const token = `gatehouse-masked.v1.k1.${String(values.size).padStart(22, 'A')}`;
      values.set(token, value);
      return token;
    });
    expect(jsonText(masked)).not.toContain(VALUE);
    expect(masked.get('manifest')).toContain('---');
    const restored = restoreRelease(masked, (token) => values.get(token));
    expect(restored.unknown).toEqual([]);
    expect(jsonText(restored.release)).toBe(jsonText(release));
  });
});
