import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../model/decision.ts';
import { isLargeBody, LARGE, LargeBodies } from '../../../proxy/large-bodies/large-bodies.ts';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { maskWatch } from '../../../proxy/masking/mask-watch.ts';
import { newMaskReport } from '../../../proxy/masking/plan/response-mask.ts';
import type { ShownMask } from '../../../proxy/masking/tokens/masked-value.ts';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { largeBodyWorker } from '../../../scripts/build/command-line.mjs';
import { ANSWERS_WITH_SECRETS } from '../../fuzz/seeds/answers-with-secrets.ts';
import { type LargeObject, largeObjects } from '../../gateway/environment/large-objects.ts';
import { apiRequest, arriving, KEY, MASK_SECRETS } from '../masking/requests.ts';

const CREDENTIALS: MaskObligation = {
  ...{ resource: '*', fields: [], annotations: [], keep: [] },
  patterns: ['builtin:credentials'],
};
const logged: string[] = [];
const log = { info: () => undefined, warn: () => undefined, error: (_: object, text: string) => logged.push(text) };
const elsewhere = new LargeBodies({ file: pathToFileURL(largeBodyWorker), log });
afterAll(() => elsewhere.close());

type Masking = Pick<LargeBodies, 'maskDocument' | 'maskWatch'>;
const HERE: Masking = { maskDocument, maskWatch };

function subjectOf({ object }: Pick<LargeObject, 'object'>, verb: string, seen: SeenValues) {
  const resource = object.kind === 'Secret' ? 'secrets' : 'configmaps';
  const shown: ShownMask[] = [];
  const onMasked = ({ identity, field, token }: ShownMask): void => {
    shown.push({ identity: { ...identity }, field, token });
  };
  const obligations = object.kind === 'Secret' ? [MASK_SECRETS] : [CREDENTIALS];
  return { subject: { request: apiRequest({ verb, resource }), obligations, seen, onMasked }, shown };
}

/** As the API server's connection gives it. */
function inChunks(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 16_000) chunks.push(bytes.subarray(at, at + 16_000));
  return chunks;
}

async function documentBy(masking: Masking, one: LargeObject, text: string) {
  const seen = new SeenValues();
  const { subject, shown } = subjectOf(one, 'list', seen);
  const { chunks, rest, report } = await masking.maskDocument(arriving(...inChunks(text)), subject, { key: KEY });
  const pieces = [...chunks];
  for await (const piece of rest ?? []) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString(), report, shown: shown.slice(0, 1_000), seen: inOrder(seen) };
}

async function watchBy(masking: Masking, one: LargeObject, text: string) {
  const seen = new SeenValues();
  const { subject } = subjectOf(one, 'watch', seen);
  const report = newMaskReport();
  const pieces: Uint8Array[] = [];
  const events = masking.maskWatch(arriving(...inChunks(text)), subject, { key: KEY, report });
  for await (const piece of events) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString(), report, seen: inOrder(seen) };
}

function inOrder(seen: SeenValues): string[] {
  return seen
    .values()
    .map((value) => value.toString('base64'))
    .sort();
}

describe('case 66: what is masked elsewhere is what would be masked here, byte for byte', () => {
  const small = (name: string) => JSON.stringify({ ...smallSecret, metadata: { name } });
  const smallSecret = { kind: 'Secret', apiVersion: 'v1', data: { password: btoa('a password of one') } };

  it.each(largeObjects('team-a', 0.1).map((one) => [one.what, one] as const))('%s', async (_what, one) => {
    const text = JSON.stringify(one.object);
    expect(isLargeBody(Buffer.from(text))).toBe(true);
    const [here, there] = [await documentBy(HERE, one, text), await documentBy(elsewhere, one, text)];
    expect(there.text === here.text).toBe(true);
    expect(there).toEqual(here);
    const list = `{"kind":"${one.object.kind}List","apiVersion":"v1","items":[${text},${text}]}`;
    expect((await documentBy(elsewhere, one, list)).text === (await documentBy(HERE, one, list)).text).toBe(true);
  });

  it.each(ANSWERS_WITH_SECRETS.map((text, index) => [index, text] as const))(
    'the answer of seed %i, in a list that is large',
    async (_index, text) => {
      const one = { object: smallSecret } as unknown as LargeObject;
      const answers = [
        text,
        `{"kind":"SecretList","items":[${Array.from({ length: 40 }, (_, i) => small(`${i}`)).join(',')}, {"kind":"Secret","metadata":{"name":"x"},"data":{"long":"${btoa('y'.repeat(LARGE))}"}}, ${text}]}`,
      ];
      for (const answer of answers) {
        const outcome = (masking: Masking) => documentBy(masking, one, answer).catch((error: unknown) => error);
        expect(await outcome(elsewhere)).toEqual(await outcome(HERE));
      }
    },
  );

  it.each(largeObjects('team-a', 0.1).map((one) => [one.what, one] as const))(
    'a watch with small events around %s',
    async (_what, one) => {
      const event = (object: string) => `{"type":"ADDED","object":${object}}\n`;
      const little = one.object.kind === 'Secret' ? small('s') : '{"kind":"ConfigMap","metadata":{"name":"c"}}';
      const text = [event(little), event(JSON.stringify(one.object)), event(little), event(little)].join('');
      const [here, there] = [await watchBy(HERE, one, text), await watchBy(elsewhere, one, text)];
      expect(there.text === here.text).toBe(true);
      expect(there).toEqual(here);
    },
  );

  it('what cannot be masked is refused alike', async () => {
    const one = { object: smallSecret } as unknown as LargeObject;
    const text = `{"kind":"Secret","metadata":{"name":"x"},"data":{"long":"${'y'.repeat(LARGE)}","number":1}}`;
    const refusal = await documentBy(HERE, one, text).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'response-not-maskable' });
    await expect(documentBy(elsewhere, one, text)).rejects.toEqual(refusal);
  });
});

describe('case 66: what takes too long is not given out', () => {
  const [one] = largeObjects('team-a', 0.1) as [LargeObject];
  const text = JSON.stringify(one.object);
  const bodies = (program: string, limit = 100) => {
    const file = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    return new LargeBodies({ file, log, limit });
  };
  const ENDLESS = 'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { for (;;) {} });';
  const refusalOf = (masked: Promise<unknown>) =>
    masked.then(
      () => null,
      (error: unknown) => error,
    );

  it('the thread is ended, and who waited behind it is told to come again', async () => {
    const hanging = bodies(ENDLESS);
    // Two threads: the first two answers have one each, the third waits.
    const refusals = await Promise.all([1, 2, 3].map(() => refusalOf(documentBy(hanging, one, text))));
    expect(refusals.map((refusal) => (refusal as Refusal).code).sort()).toEqual([
      'body-too-slow',
      'body-too-slow',
      'gateway-busy',
    ]);
    expect(refusals.map((refusal) => (refusal as Refusal).details.retryAfterSeconds ?? null).sort()).toEqual([
      1,
      null,
      null,
    ]);
    await hanging.close();
  });

  it('a watch ends with an ERROR event', async () => {
    const hanging = bodies(ENDLESS);
    const masked = await watchBy(hanging, one, `{"type":"ADDED","object":${text}}\n`);
    expect(JSON.parse(masked.text)).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 503 } });
    expect(masked.report.refusal).toMatchObject({ code: 'body-too-slow' });
    await hanging.close();
  });

  it.each([
    ['a thread that cannot start', 'import "./nowhere.js";'],
    [
      'a thread that fails',
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new Error("broken"); });',
    ],
    ['a thread that ends', 'process.exit(0);'],
  ])('%s gives out nothing', async (_what, program) => {
    const broken = bodies(program, 60_000);
    expect(await refusalOf(documentBy(broken, one, text))).toBeInstanceOf(Refusal);
    await broken.close();
  });

  it('what is small needs no thread', async () => {
    const none = bodies('process.exit(0);');
    const small = { object: { kind: 'ConfigMap', metadata: {} } } as unknown as LargeObject;
    expect((await documentBy(none, small, JSON.stringify(small.object))).text).toBe(JSON.stringify(small.object));
  });

  it('what is under way when the gateway stops is told so', async () => {
    const hanging = bodies(ENDLESS, 60_000);
    const masked = refusalOf(documentBy(hanging, one, text));
    await new Promise((done) => setTimeout(done, 50));
    await hanging.close();
    expect(await masked).toMatchObject({ code: 'gateway-stopping' });
  });
});
