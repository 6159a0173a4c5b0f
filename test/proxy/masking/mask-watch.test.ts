import { describe, expect, it } from 'vitest';
import { maskWatch } from '../../../proxy/masking/mask-watch.ts';
import { newMaskReport } from '../../../proxy/masking/response-mask.ts';
import { heldMemory } from '../fixtures/held-memory.ts';
import { Random, seeds } from './random.ts';
import { arriving, KEY, secretsSubject } from './requests.ts';

const CANARY = Buffer.from('c4n4ry-value').toString('base64');
const object = (name = 'db') => ({
  kind: 'Secret',
  apiVersion: 'v1',
  data: { k: CANARY },
  metadata: { name, namespace: 'a', resourceVersion: '7' },
});
const event = (type: string, inner: object = object()) => `${JSON.stringify({ type, object: inner })}\n`;

function start(body: AsyncIterable<Uint8Array>, limit?: number) {
  const report = newMaskReport();
  const options = { key: KEY, report, ...(limit === undefined ? {} : { limit }) };
  return { report, events: maskWatch(body, secretsSubject({ verb: 'watch' }), options) };
}

async function all(body: AsyncIterable<Uint8Array>, limit?: number) {
  const { report, events } = start(body, limit);
  const pieces: string[] = [];
  for await (const piece of events) pieces.push(Buffer.from(piece).toString('utf8'));
  return { pieces, text: pieces.join(''), report };
}

describe('case 35: watches', () => {
  it('every event is masked: added, modified, deleted; a bookmark passes as it is', async () => {
    const bookmark = event('BOOKMARK', {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } },
    });
    const { text, report } = await all(arriving(event('ADDED'), event('MODIFIED'), event('DELETED'), bookmark));
    expect(text).not.toContain(CANARY);
    expect(text.endsWith(bookmark)).toBe(true);
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);
    expect(report).toEqual({ maskedValues: 3, maskedObjects: 3, onlyMetadata: false });
  });

  it('a Table watch is masked in the objects of its rows', async () => {
    const table = { kind: 'Table', columnDefinitions: null, rows: [{ cells: ['db'], object: object() }] };
    const { text } = await all(arriving(event('ADDED', table)));
    expect(text).not.toContain(CANARY);
  });

  it('an event comes out as soon as its last byte is in, its line break with it', async () => {
    const gate = withResolvers();
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(event('ADDED').slice(0, 40));
      yield Buffer.from(event('ADDED').slice(40) + event('MODIFIED').slice(0, 10));
      await gate.promise;
      yield Buffer.from(event('MODIFIED').slice(10));
    }
    const { events } = start(body());
    const first = await events.next();
    expect(Buffer.from(first.value as Uint8Array).toString()).toMatch(/^\{"type":"ADDED".*\}\n$/);
    gate.resolve(undefined);
    const second = await events.next();
    expect(JSON.parse(Buffer.from(second.value as Uint8Array).toString()).type).toBe('MODIFIED');
    expect((await events.next()).done).toBe(true);
  });

  function withResolvers() {
    let resolve: (value: unknown) => void = () => {};
    const promise = new Promise((done) => {
      resolve = done;
    });
    return { promise, resolve };
  }

  it('events are told apart by their braces: indented, without line breaks, several in one piece', async () => {
    const indented = JSON.stringify({ type: 'ADDED', object: object() }, null, 2);
    const { text } = await all(arriving(indented + event('MODIFIED').trim() + event('DELETED').trim()));
    expect(text).not.toContain(CANARY);
    expect(text.match(/"(ADDED|MODIFIED|DELETED)"/g)).toHaveLength(3);
  });

  it.each(seeds(20))('however the bytes are cut, whole events come out, in order (seed %i)', async (seed) => {
    const random = new Random(seed);
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const text = names.map((name) => event('ADDED', { ...object(name), extra: random.json() })).join('');
    const { pieces } = await all(arriving(...random.pieces(Buffer.from(text))));
    const seen = pieces.flatMap((piece) =>
      piece
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    );
    expect(seen.map(({ object: { metadata } }) => metadata.name)).toEqual(names);
    expect(pieces.join('')).not.toContain(CANARY);
  });

  it('the Status of an ERROR event loses what may quote a value and keeps what clients act on', async () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `saw ${CANARY}`,
      reason: 'Expired',
      code: 410,
    };
    const { text } = await all(arriving(event('ERROR', status)));
    expect(text).not.toContain(CANARY);
    expect(JSON.parse(text)).toMatchObject({ type: 'ERROR', object: { kind: 'Status', reason: 'Expired', code: 410 } });
  });
});

describe('a watch fails closed', () => {
  it.each([
    ['a value that is no string', '{"type":"ADDED","object":{"kind":"Secret","data":{"k":{"v":"c4n4ry"}}}}\n'],
    ['an unknown type of event', event('SYNCED')],
    ['an event without an object', '{"type":"ADDED"}\n'],
    ['an object that is a text', '{"type":"ADDED","object":"c4n4ry"}\n'],
    ['a list instead of events', '{"kind":"SecretList","items":[{"data":{"k":"c4n4ry"}}]}'],
    ['broken JSON', '{"type":"ADDED",,'],
    ['an end in the middle of an event', event('ADDED').slice(0, -8)],
    ['an escaped key', '{"type":"ADDED","obj\\u0065ct":{"kind":"Secret"}}\n'],
    ['two objects', `{"type":"ADDED","object":{"kind":"Secret"},"object":{"kind":"Secret","data":{"k":"c4n4ry"}}}`],
  ])('%s: the events before it, then an ERROR event that says why', async (_, bad) => {
    const { text, report } = await all(arriving(event('ADDED'), bad, event('MODIFIED')));
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 502, message: expect.stringContaining('withheld') },
    });
    expect(text).not.toContain('c4n4ry');
    expect(text).not.toContain(CANARY);
    expect(report.refusal?.code).toBe('response-not-maskable');
  });

  it('an event above the limit ends the watch', async () => {
    const { text, report } = await all(
      arriving('{"type":"ADDED","object":{"kind":"Secret","x":"', ...Array(40).fill('y'.repeat(1000))),
      20_000,
    );
    expect(report.refusal?.code).toBe('response-too-large-to-mask');
    expect(JSON.parse(text)).toMatchObject({ type: 'ERROR', object: { code: 503 } });
  });
});

describe('bounded memory', () => {
  it('100 MB of events pass while no more than a few MB are held', async () => {
    const padding = 'p'.repeat(20_000);
    const one = Buffer.from(event('MODIFIED', { ...object(), padding }));
    const rounds = Math.ceil((100 * 1024 * 1024) / one.length);
    async function* body(): AsyncGenerator<Uint8Array> {
      // Cut so that pieces and events never line up.
      for (let round = 0; round < rounds; round += 1) {
        const cut = (round * 7919) % one.length;
        yield one.subarray(0, cut);
        yield one.subarray(cut);
      }
    }
    const before = heldMemory();
    let highest = 0;
    let bytes = 0;
    let count = 0;
    for await (const piece of start(body()).events) {
      bytes += piece.length;
      count += 1;
      if (count % 500 === 0) highest = Math.max(highest, heldMemory() - before);
    }
    expect(bytes).toBeGreaterThan(100 * 1024 * 1024);
    expect(highest).toBeLessThan(16 * 1024 * 1024);
  }, 30_000);
});
