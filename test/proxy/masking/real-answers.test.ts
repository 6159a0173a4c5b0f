import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { maskWatch } from '../../../proxy/masking/mask-watch.ts';
import { newMaskReport } from '../../../proxy/masking/plan/response-mask.ts';
import { redactStatusText } from '../../../proxy/masking/status/redact-status.ts';
import { arriving, KEY, secretsSubject } from './requests.ts';

/**
 * What a kube-apiserver 1.36.3 answered to curl about Secrets whose values are `c4n4ry-<x>&` (with a last-applied
 * annotation that repeats it), `w` and `c4n4ry-3`; the file's ending says how the gateway treats it.
 */
const FOLDER = new URL('./fixtures/apiserver-1.36.3/', import.meta.url);

const CANARIES = [
  'c4n4ry',
  Buffer.from('c4n4ry-<x>&').toString('base64'),
  Buffer.from('c4n4ry-3').toString('base64'),
  '"dw=="',
];

async function treat(file: string, bytes: Buffer): Promise<string> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 37) }, (_, index) =>
    bytes.subarray(index * 37, index * 37 + 37),
  );
  const report = newMaskReport();
  if (file.endsWith('.error')) return redactStatusText(bytes, null).toString('utf8');
  if (file.endsWith('.document')) {
    return Buffer.concat((await maskDocument(arriving(...pieces), secretsSubject(), { key: KEY })).chunks).toString(
      'utf8',
    );
  }
  let text = '';
  const subject = secretsSubject({ verb: 'watch' });
  for await (const events of maskWatch(arriving(...pieces), subject, { key: KEY, report }))
    text += Buffer.from(events).toString('utf8');
  expect(report).not.toHaveProperty('refusal');
  return text;
}

/** Every path to a value, so that two documents can be compared by their shape. */
function shape(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}:${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}/${key}`));
}

describe('answers recorded from a real API server', () => {
  it.each(readdirSync(FOLDER))('%s: no value is left, and the shape is the same', async (file) => {
    const bytes = readFileSync(new URL(file, FOLDER));
    const text = await treat(file, bytes);
    for (const canary of CANARIES) expect(text).not.toContain(canary);
    if (file.endsWith('.error')) {
      expect(JSON.parse(text)).toMatchObject({ kind: 'Status', code: JSON.parse(bytes.toString()).code });
      return;
    }
    const documents = (all: string) =>
      (file.endsWith('.watch') ? all.trim().split('\n') : [all]).map((one) => JSON.parse(one));
    expect(documents(text).map((one) => shape(one))).toEqual(documents(bytes.toString()).map((one) => shape(one)));
  });
});
