import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { LargeBodies } from '../../../proxy/large-bodies/large-bodies.ts';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { type LiveReads, liveObjectsIn } from '../../../proxy/rehydration/live-objects.ts';
import type { Origin } from '../../../proxy/rehydration/mask-origins.ts';
import { rehydrate } from '../../../proxy/rehydration/rehydrate.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { checkBody } from '../../../proxy/request/request-body.ts';
import { largeBodyWorker } from '../../../scripts/build/command-line.mjs';
import { largeObjects } from '../../gateway/environment/large-objects.ts';
import { KEY, MASK_SECRETS } from '../masking/requests.ts';
import { type Loose, masked } from '../rehydration/bodies.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const elsewhere = new LargeBodies({ file: pathToFileURL(largeBodyWorker), log });
afterAll(() => elsewhere.close());

const ORIGIN: Origin = { kindClass: 'secrets', namespace: 'team-b', name: 'other', field: 'data.password' };

interface Given {
  readonly target: string;
  readonly body: object;
  readonly method?: string;
  readonly contentType?: string;
  /** By path; what is not there is refused where `fails`, and absent otherwise. */
  readonly objects: Readonly<Record<string, object>>;
  readonly fails?: boolean;
}

/** What becomes of a write here and elsewhere, and which reads it took. */
async function bothWays(given: Given) {
  const { target, method = 'PUT', contentType = 'application/json' } = given;
  const head = { method, target, rawHeaders: ['Content-Type', contentType] };
  const request = readRequest(head);
  const body = Buffer.from(JSON.stringify(given.body));
  const masks = [MASK_SECRETS];
  const originOf = () => ORIGIN;
  const here = readsOf(given);
  const there = readsOf(given);
  const objects = liveObjectsIn(here.reads, { request, masks, key: KEY, seen: new SeenValues() });
  const one = rehydrate(request, body, checkBody(request, body), { objects, originOf, isMasked: true });
  const seen = new SeenValues();
  const options = { reads: there.reads, head, body, masks, isMasked: true, key: KEY, seen, originOf };
  const outcome = (restored: Promise<unknown>) => restored.catch((error: unknown) => error);
  return {
    here: { outcome: await outcome(one), asked: here.asked },
    there: { outcome: await outcome(elsewhere.rehydrate(options)), asked: there.asked },
  };
}

function readsOf({ objects, fails }: Given) {
  const asked = new Set<string>();
  const reads: LiveReads = {
    async read(target) {
      asked.add(target);
      const object = objects[target];
      if (object !== undefined) {
        const { info } = readRequest({ method: 'GET', target, rawHeaders: [] });
        return { bytes: Buffer.from(JSON.stringify(object)), info, masks: [MASK_SECRETS] };
      }
      if (fails === true) throw new Refusal('mask-written-back', `${target} could not be read`);
      return null;
    },
  };
  return { asked, reads };
}

const named = (what: string): Loose => largeObjects('team-a', 0.2).find((one) => one.what.includes(what));
const withVersion = ({ object }: Loose) => ({
  ...object,
  metadata: { ...object.metadata, uid: 'u1', resourceVersion: '7' },
});
const pathOf = ({ collection, name }: Loose) => `${collection}/${name}`;

describe('case 66: masks that are put back elsewhere become what they would become here', () => {
  it.each(['20,000 keys', 'annotations', 'one value'])('a Secret written back: %s', async (what) => {
    const one = named(what);
    const live = withVersion(one);
    const shown = masked(live, pathOf(one));
    const { here, there } = await bothWays({ target: pathOf(one), body: shown, objects: { [pathOf(one)]: live } });
    expect(there).toEqual(here);
    expect(JSON.parse((there.outcome as Loose).body.toString())).toEqual(live);
  });

  it('a helm release written back, as an upgrade does with the one before it', async () => {
    const one = named('helm');
    const live = withVersion(one);
    const shown = masked(live, pathOf(one));
    const body = {
      ...shown,
      metadata: { ...shown.metadata, labels: { ...shown.metadata.labels, status: 'superseded' } },
    };
    const list = `${one.collection}?labelSelector=owner%3Dhelm%2Cname%3Dshop`;
    const objects = { [pathOf(one)]: live, [list]: { kind: 'SecretList', items: [live] } };
    const { here, there } = await bothWays({ target: pathOf(one), body, objects });
    expect(there).toEqual(here);
    const { data, metadata } = JSON.parse((there.outcome as Loose).body.toString());
    expect(metadata.labels.status).toBe('superseded');
    const open = (text: string) => gunzipSync(Buffer.from(atob(text), 'base64')).toString();
    expect(open(data.release)).toBe(open(live.data.release));
  });

  it('without masks nothing is read and nothing changes', async () => {
    const one = named('20,000 keys');
    const { here, there } = await bothWays({ target: pathOf(one), body: one.object, objects: {} });
    expect(there).toEqual(here);
    expect(there.outcome).toBeNull();
  });

  it('a mask of another object is refused, and where it came from is named', async () => {
    const one = named('20,000 keys');
    const live = withVersion(one);
    const shown = masked(live, pathOf(one));
    const other = { ...live, metadata: { ...live.metadata, name: 'other' } };
    const { data } = masked(other, `${one.collection}/other`);
    const body = { ...shown, data: { ...shown.data, 'key-1': data['key-2'] } };
    const { here, there } = await bothWays({ target: pathOf(one), body, objects: { [pathOf(one)]: live } });
    expect(there.outcome).toEqual(here.outcome);
    expect(there.outcome).toMatchObject({ code: 'mask-written-back' });
    expect(JSON.stringify((there.outcome as Refusal).details)).toContain('team-b');
  });

  it('what cannot be read is refused in the same words', async () => {
    const one = named('20,000 keys');
    const shown = masked(withVersion(one), pathOf(one));
    const { here, there } = await bothWays({ target: pathOf(one), body: shown, objects: {}, fails: true });
    expect(there).toEqual(here);
    expect(there.outcome).toMatchObject({ code: 'mask-written-back' });
  });
});
