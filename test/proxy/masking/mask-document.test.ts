// Longer than 300 lines: tables of answers and of what may be left of them.
import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { newMaskReport } from '../../../proxy/masking/plan/response-mask.ts';
import { maskToken } from '../../../proxy/masking/tokens/mask-token.ts';
import type { RequestInfo } from '../../../proxy/request/api-request.ts';
import { heldMemory } from '../fixtures/held-memory.ts';
import { arriving, KEY, MASK_SECRETS, secretsSubject } from './requests.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function mask(text: string, info: Partial<RequestInfo> = {}, obligations = [MASK_SECRETS]) {
  const { chunks, bytes, report } = await maskDocument(arriving(text), secretsSubject(info, obligations), { key: KEY });
  const masked = Buffer.concat(chunks);
  expect(masked.length).toBe(bytes);
  return { text: masked.toString('utf8'), report };
}

const token = (fieldPath: string, value: string, name = 'db', namespace = 'team-a') =>
  maskToken(KEY, { kindClass: 'secrets', namespace, name, fieldPath }, Buffer.from(value));

/** As Go writes a JSON string. */
const goString = (text: string) =>
  JSON.stringify(text).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

const CANARY = 'c4n4ry-<hunter2>&"\\';
const lastApplied = (value: string) =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { annotations: {}, name: 'db', namespace: 'team-a' }, stringData: { password: value } })}\n`;
const metadata = {
  name: 'db',
  namespace: 'team-a',
  annotations: { [LAST_APPLIED]: lastApplied(CANARY), note: 'kept' },
};
const secret = { data: { password: base64(CANARY), 'ca.crt': 'cHVibGlj' }, metadata, type: 'Opaque' };

/** Every way in which a value could be written in an answer. */
function canaryForms(): string[] {
  const escaped = JSON.stringify(CANARY).slice(1, -1);
  return [
    CANARY,
    base64(CANARY),
    escaped,
    goString(CANARY).slice(1, -1),
    JSON.stringify(escaped).slice(1, -1),
    goString(goString(CANARY).slice(1, -1)).slice(1, -1),
    encodeURIComponent(CANARY),
    encodeURIComponent(base64(CANARY)),
    'hunter2',
  ];
}

describe('cases 34 and 36: no value in any shape of answer', () => {
  it.each<[string, object]>([
    ['one Secret', { kind: 'Secret', apiVersion: 'v1', ...secret }],
    ['data before metadata and kind last', { data: secret.data, metadata, kind: 'Secret' }],
    [
      'a list whose items have no kind',
      { kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: [secret, secret] },
    ],
    ['items before kind', { apiVersion: 'v1', items: [{ kind: 'Secret', ...secret }], kind: 'List', metadata: {} }],
    [
      'Table with metadata',
      {
        kind: 'Table',
        columnDefinitions: [],
        rows: [{ cells: ['db', 'Opaque', 2, '3d'], object: { kind: 'PartialObjectMetadata', metadata } }],
      },
    ],
    ['Table with objects', { kind: 'Table', rows: [{ cells: ['db'], object: { kind: 'Secret', ...secret } }] }],
    ['metadata of one', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }],
    ['metadata of many', { kind: 'PartialObjectMetadataList', items: [{ metadata }] }],
    ['stringData echoed', { kind: 'Secret', metadata, stringData: { password: CANARY } }],
    [
      'last-applied inside last-applied',
      {
        kind: 'Secret',
        metadata: {
          name: 'db',
          annotations: {
            [LAST_APPLIED]: JSON.stringify({
              metadata: { annotations: { [LAST_APPLIED]: lastApplied(CANARY) } },
              data: null,
            }),
          },
        },
      },
    ],
    [
      'last-applied that is no JSON',
      { kind: 'Secret', metadata: { name: 'db', annotations: { [LAST_APPLIED]: `password: ${CANARY}` } } },
    ],
    [
      'last-applied with a number for a value',
      {
        kind: 'Secret',
        metadata: { name: 'db', annotations: { [LAST_APPLIED]: JSON.stringify({ data: { n: 7, password: CANARY } }) } },
      },
    ],
  ])('%s', async (_, document) => {
    for (const text of [JSON.stringify(document), `${JSON.stringify(document, null, 4)}\n`, goStyle(document)]) {
      const masked = await mask(text);
      for (const form of canaryForms()) expect(masked.text).not.toContain(form);
      expect(masked.report.maskedValues).toBeGreaterThan(0);
      expect(Object.keys(JSON.parse(masked.text))).toEqual(Object.keys(document));
    }
  });

  function goStyle(document: object): string {
    return JSON.stringify(document).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  }
});

describe('what stays and what replaces', () => {
  it('puts base64 of the token into data, so that typed clients decode it, and keeps what policy keeps', async () => {
    const masked = JSON.parse((await mask(JSON.stringify({ kind: 'Secret', ...secret }))).text);
    expect(Buffer.from(masked.data.password, 'base64').toString()).toBe(token('data.password', base64(CANARY)));
    expect(masked.data['ca.crt']).toBe('cHVibGlj');
    expect(masked.metadata.annotations.note).toBe('kept');
  });

  it('masks inside last-applied: its keys, its order and its closing line break stay for the three-way merge', async () => {
    const masked = JSON.parse((await mask(JSON.stringify({ kind: 'Secret', ...secret }))).text);
    expect(masked.metadata.annotations[LAST_APPLIED]).toBe(lastApplied(token('stringData.password', CANARY)));
  });

  it('leaves every other byte alone: numbers, spaces, order and escapes', async () => {
    const text = ` { "big" : 12345678901234567890 ,\n\t"f":1.0e+00, "kind":"\\u0053ecret","z":{"a\\u0062":"\\/"},"data":{"k":"djE="},"metadata":{"name":"db","generation":9007199254740993,"namespace":"team-a"} }\n`;
    const expected = text.replace('djE=', base64(token('data.k', 'djE=')));
    expect((await mask(text)).text).toBe(expected);
  });

  it('gives the same token whether a character was escaped or not', async () => {
    const plain = await mask('{"kind":"Secret","data":{"k":"YQ/="},"metadata":{"name":"a"}}');
    const escaped = await mask('{"kind":"Secret","data":{"k":"YQ\\u002f="},"metadata":{"name":"a"}}');
    expect(escaped.text).toBe(plain.text);
  });

  it('null stays null: data, annotations, one value, items, a row without an object', async () => {
    for (const text of [
      '{"kind":"Secret","data":null,"metadata":{"annotations":null,"labels":null}}',
      '{"kind":"Secret","data":{"k":null},"metadata":null}',
      '{"kind":"SecretList","items":null}',
      '{"kind":"Table","rows":[{"cells":[""],"object":null}]}',
    ]) {
      expect(await mask(text)).toEqual({ text, report: newMaskReport() });
    }
  });

  it('tells metadata alone from whole objects', async () => {
    const row = { kind: 'PartialObjectMetadata', metadata };
    const rows = (object: object) => JSON.stringify({ kind: 'Table', rows: [{ cells: ['db'], object }] });
    expect((await mask(rows(row))).report).toMatchObject({ maskedValues: 2, onlyMetadata: true });
    expect((await mask(rows({ kind: 'Secret', ...secret }))).report).toMatchObject({ onlyMetadata: false });
  });

  it('counts values and objects, and copies in last-applied only where nothing else was masked', async () => {
    const { report } = await mask(
      JSON.stringify({ kind: 'SecretList', items: [secret, { metadata }, { metadata: {} }] }),
    );
    expect(report).toMatchObject({ maskedValues: 2, maskedObjects: 2 });
  });

  it('masks in the right places when an object holds others behind its own values', async () => {
    const text =
      '{"kind":"Secret","data":{"k":"djE="},"items":[{"data":{"k":"djI="},"metadata":{"name":"b"}}],"metadata":{"name":"a"}}';
    const expected = text
      .replace('djE=', base64(token('data.k', 'djE=', 'a')))
      .replace('djI=', base64(token('data.k', 'djI=', 'b')));
    const { chunks } = await maskDocument(arriving(...text), secretsSubject(), { key: KEY });
    expect(Buffer.concat(chunks).toString()).toBe(expected);
    expect((await mask(text)).text).toBe(expected);
  });

  it('takes namespace and name from the request where the object does not say them', async () => {
    const { text } = await mask('{"kind":"Secret","data":{"k":"djE="}}', { verb: 'get', name: 'db' });
    expect(text).toContain(base64(token('data.k', 'djE=')));
  });

  it('a value is kept only by the rule that masks it, and an annotation is masked by name', async () => {
    const strict = { resource: 'secrets', fields: ["data['ca.crt']"], annotations: ['note'], keep: [] };
    const masked = JSON.parse(
      (await mask(JSON.stringify({ kind: 'Secret', ...secret }), {}, [MASK_SECRETS, strict])).text,
    );
    expect(masked.data['ca.crt']).not.toBe('cHVibGlj');
    expect(masked.metadata.annotations.note).toBe(token('metadata.annotations.note', 'kept'));
  });

  it('a kept certificate stays, unless its private key lies with it', async () => {
    const keep = { resource: 'secrets', fields: ['data.*'], annotations: [], keep: ["data['tls.crt']"] };
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const both = `${certificate}-----BEGIN PRIVATE KEY-----\nc4n4ry\n-----END PRIVATE KEY-----\n`;
    const of = async (pem: string) =>
      (await mask(JSON.stringify({ kind: 'Secret', metadata, data: { 'tls.crt': base64(pem) } }), {}, [keep])).text;
    expect(JSON.parse(await of(certificate)).data['tls.crt']).toBe(base64(certificate));
    expect(JSON.parse(await of(both)).data['tls.crt']).toBe(base64(token('data[tls.crt]', base64(both))));
  });

  it('a rule about data alone also covers its other spelling, stringData in last-applied', async () => {
    const dataOnly = { resource: 'secrets', fields: ['data.*'], annotations: [], keep: [] };
    expect((await mask(JSON.stringify({ kind: 'Secret', ...secret }), {}, [dataOnly])).text).not.toContain('hunter2');
  });

  it('another resource that policy names is masked with plain tokens', async () => {
    const rule = { resource: 'configmaps', fields: ['data.*'], annotations: [], keep: [] };
    const { text } = await mask('{"kind":"ConfigMap","data":{"k":"v"}}', { resource: 'configmaps' }, [rule]);
    expect(JSON.parse(text).data.k).toMatch(/^gatehouse-masked\.v1\./);
  });
});

describe('fails closed', () => {
  it.each([
    ['a value that is a number', '{"kind":"Secret","data":{"k":1}}'],
    ['a value that is an object', '{"kind":"Secret","data":{"k":{"v":"x"}}}'],
    ['a value that is a list', '{"kind":"Secret","data":{"k":["x"]}}'],
    ['data that is a string', '{"kind":"Secret","data":"x"}'],
    ['data that is a list', '{"kind":"Secret","data":["x"]}'],
    ['an escaped key', '{"kind":"Secret","d\\u0061ta":{"k":"x"}}'],
    ['an escaped key of a value', '{"kind":"Secret","data":{"\\u006b":"x"}}'],
    [
      'an escaped annotation',
      `{"kind":"Secret","metadata":{"annotations":{"\\u006bubectl.kubernetes.io/last-applied-configuration":"x"}}}`,
    ],
    ['data twice', '{"kind":"Secret","data":{"k":"x"},"data":{"k":"y"}}'],
    ['a key twice', '{"kind":"Secret","data":{"k":"x","k":"y"}}'],
    ['metadata as a list', '{"kind":"Secret","metadata":[]}'],
    ['items as an object', '{"kind":"SecretList","items":{"data":{"k":"x"}}}'],
    ['items in items', '{"kind":"SecretList","items":[[{"data":{"k":"x"}}]]}'],
    ['a null item', '{"kind":"SecretList","items":[null]}'],
    ['a row that is a list', '{"kind":"Table","rows":[[]]}'],
    ['a row with an object that is a text', '{"kind":"Table","rows":[{"object":"x"}]}'],
    ['an end in the middle', '{"kind":"Secret","data":{"k":"x"'],
    ['an empty answer', ''],
    ['a second document', '{"kind":"Secret"}{"kind":"Secret","data":{"k":"x"}}'],
    ['a list at the top', '[{"data":{"k":"x"}}]'],
    ['a text at the top', '"x"'],
    ['no kind', '{"data":{"k":"x"}}'],
    ['a kind from elsewhere', '{"kind":"Pod","data":{"k":"x"}}'],
    ['a watch event', '{"type":"ADDED","object":{"kind":"Secret","data":{"k":"x"}}}'],
    ['YAML', 'kind: Secret\ndata:\n  k: x\n'],
  ])('%s', async (_, text) => {
    await expect(mask(text)).rejects.toMatchObject({ code: 'response-not-maskable' });
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
    await expect(maskDocument(arriving(...bytes), secretsSubject(), { key: KEY })).rejects.toMatchObject({
      status: 502,
    });
  });

  it('one object above the limit is refused with a 503, and reading stops', async () => {
    let pieces = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"kind":"SecretList","items":[{"data":{"k":"djE="},"x":[""');
      for (; ; pieces += 1) yield Buffer.from(`,"${'x'.repeat(1000)}"`);
    }
    await expect(maskDocument(endless(), secretsSubject(), { key: KEY, limit: 1024 * 1024 })).rejects.toMatchObject({
      code: 'response-too-large-to-mask',
      status: 503,
      message: expect.stringContaining('1 MiB'),
    });
    expect(pieces).toBeLessThan(1100);
  });

  it('a lost connection stays what it is', async () => {
    async function* lost(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"kind":');
      throw new Error('ECONNRESET');
    }
    await expect(maskDocument(lost(), secretsSubject(), { key: KEY })).rejects.toThrow('ECONNRESET');
  });
});

describe('a list longer than what is held back', () => {
  const item = (name: string, value = 'djE=') =>
    `{"data":{"k":"${value}"},"metadata":{"name":"${name}","namespace":"team-a"},"padding":"${'x'.repeat(1000)}"}`;
  const names = Array.from({ length: 500 }, (_, index) => `s${index}`);
  const list = `{"kind":"SecretList","metadata":{"n":1.0e+00},"items":[${names.map((name) => item(name)).join(',')}]}\n`;
  const pieces = Array.from({ length: Math.ceil(list.length / 5000) }, (_, at) =>
    list.slice(at * 5000, at * 5000 + 5000),
  );

  async function start(body: AsyncIterable<Uint8Array>) {
    const { chunks, rest, report } = await maskDocument(body, secretsSubject(), { key: KEY });
    if (rest === null) throw new Error('the list was held whole');
    return { beginning: Buffer.concat(chunks).toString(), rest: rest[Symbol.asyncIterator](), report };
  }

  it('comes out as it goes in, with every value masked', async () => {
    const { beginning, rest, report } = await start(arriving(...pieces));
    let text = beginning;
    for (let next = await rest.next(); !next.done; next = await rest.next()) text += Buffer.from(next.value);
    expect(text).toBe(
      list
        .replace(/djE=/g, () => '#')
        .replace(/#"\},"metadata":\{"name":"(s\d+)"/g, (all, name) =>
          all.replace('#', base64(token('data.k', 'djE=', name))),
        ),
    );
    expect(report).toMatchObject({ maskedValues: names.length, maskedObjects: names.length });
  });

  it('gives its beginning before its end has arrived, and reads on only as it is read', async () => {
    let read = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for (const piece of pieces) {
        read += 1;
        yield Buffer.from(piece);
      }
    }
    const { beginning, rest } = await start(counted());
    expect(beginning.length).toBeGreaterThan(64 * 1024);
    expect(read).toBeLessThan(20);
    const before = read;
    await rest.next();
    expect(read - before).toBeLessThan(3);
  });

  it.each([
    ['is cut off', list.slice(0, -20)],
    ['has a value that is no string', list.replace('"name":"s499"', '"name":"s499","annotations":7')],
    ['is followed by another', `${list}${list}`],
    ['turns out to be of another kind', `${list.replace('"kind":"SecretList",', '').slice(0, -2)},"kind":"PodList"}`],
  ])('throws the refusal where it %s', async (_, text) => {
    const { beginning, rest } = await start(arriving(text.slice(0, 100_000), text.slice(100_000)));
    const readOn = async () => {
      let out = beginning;
      for (let next = await rest.next(); !next.done; next = await rest.next()) out += Buffer.from(next.value);
      return out;
    };
    await expect(readOn()).rejects.toMatchObject({ code: 'response-not-maskable', status: 502 });
  });

  it('lets go of the answer when the client reads no further', async () => {
    let released = false;
    async function* held(): AsyncGenerator<Uint8Array> {
      try {
        for (const piece of pieces) yield Buffer.from(piece);
      } finally {
        released = true;
      }
    }
    const { rest } = await start(held());
    await rest.return(undefined);
    expect(released).toBe(true);
  });

  it('one object asked for by name is held whole, so that its length is known', async () => {
    const text = `{"kind":"Secret","data":{"k":"djE="},"metadata":{"name":"a"},"padding":"${'x'.repeat(200_000)}"}`;
    const subject = secretsSubject({ verb: 'get', name: 'a' });
    expect(await maskDocument(arriving(text), subject, { key: KEY })).toMatchObject({ rest: null });
  });

  it('100 MB pass while no more than a few MB are held', async () => {
    const one = `${item('s', 'djE=').replace('"padding":"', `"padding":"${'p'.repeat(50_000)}`)},`;
    async function* long(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"kind":"SecretList","items":[');
      const bytes = Buffer.from(one.repeat(4));
      for (let round = 0; round < 500; round += 1) {
        const cut = (round * 7919) % bytes.length;
        yield bytes.subarray(0, cut);
        yield bytes.subarray(cut);
      }
      yield Buffer.from('{"metadata":{"name":"last"}}]}');
    }
    const before = heldMemory();
    const { rest, report } = await start(long());
    let highest = 0;
    let bytes = 0;
    for (let next = await rest.next(), looked = 0; !next.done; next = await rest.next()) {
      bytes += next.value.length;
      if (bytes < looked + 5e6) continue;
      looked = bytes;
      highest = Math.max(highest, heldMemory() - before);
    }
    expect(report.maskedValues).toBe(2000);
    expect(bytes).toBeGreaterThan(100e6);
    expect(highest).toBeLessThan(16 * 1024 * 1024);
  }, 60_000);
});
