import { JSONParser } from '@streamparser/json';
import type { ScannerKind } from '../../../proxy/masking/create-scanner.ts';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { LAST_APPLIED } from '../../../proxy/masking/tokens/mask-form.ts';
import { maskToken } from '../../../proxy/masking/tokens/mask-token.ts';
import { KEY, secretsSubject } from '../../proxy/masking/requests.ts';

/** Masks a list: bytes in, bytes out. */
export type Masker = (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

const gatehouse = (scanner: ScannerKind): Masker =>
  async function* (body) {
    const { chunks, rest } = await maskDocument(body, secretsSubject(), { key: KEY, scanner });
    yield* chunks;
    if (rest !== null) yield* rest;
  };

/** All of them make the same tokens; only the first two leave every other byte as it was. */
export const MASKERS: Readonly<Record<string, Masker>> = {
  wasm: gatehouse('wasm'),
  js: gatehouse('js'),
  /** What one writes first: parse, walk, print. */
  json: async function* (body) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    yield Buffer.from(JSON.stringify(maskList(JSON.parse(Buffer.concat(chunks).toString('utf8')))));
  },
  /** A streaming parser of npm, which gives one item at a time. */
  streamparser: async function* (body) {
    const parser = new JSONParser({ paths: ['$.items.*'], keepStack: false });
    let items: string[] = [];
    let first = true;
    parser.onValue = ({ value }) => {
      items.push(`${first ? '' : ','}${JSON.stringify(maskSecret(value as unknown as Secret))}`);
      first = false;
    };
    yield Buffer.from('{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[');
    for await (const chunk of body) {
      parser.write(chunk);
      if (items.length > 0) yield Buffer.from(items.join(''));
      items = [];
    }
    yield Buffer.from(']}\n');
  },
  read: (body) => body,
};

interface Secret {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
}

export function maskList(list: { items: Secret[] }): object {
  for (const item of list.items) maskSecret(item);
  return list;
}

export function maskSecret(secret: Secret): Secret {
  const { metadata, data } = secret;
  maskData(data, metadata);
  const copy = metadata.annotations?.[LAST_APPLIED];
  if (metadata.annotations !== undefined && copy !== undefined) {
    const applied = JSON.parse(copy);
    maskData(applied.data, metadata);
    metadata.annotations[LAST_APPLIED] = `${JSON.stringify(applied)}\n`;
  }
  return secret;
}

function maskData(data: Record<string, string> | undefined, { name, namespace }: Secret['metadata']): void {
  if (data === undefined) return;
  for (const [field, value] of Object.entries(data)) {
    const place = { kindClass: 'secrets', namespace, name, fieldPath: `data.${field}` };
    data[field] = Buffer.from(maskToken(KEY, place, Buffer.from(value))).toString('base64');
  }
}
