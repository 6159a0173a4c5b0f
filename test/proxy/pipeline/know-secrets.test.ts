import { describe, expect, it } from 'vitest';
import { REDACTED } from '../../../proxy/redaction/stream-redactor.ts';
import { failure, LOG_PATH, PASSWORD, POD_PATH, SECRET_PATH, secret } from './objects.ts';
import type { Answering, Reply } from './outer-edges.ts';
import {
  ALLOW_ALL,
  ASK_ALL,
  DENY_ALL,
  diskIsFull,
  MASK_SECRETS,
  pipeline,
  type Surroundings,
  startPipe,
} from './pipeline.ts';

const POD = { kind: 'Pod', spec: { containers: [{ envFrom: [{ secretRef: { name: 'db' } }] }] } };
const LINE = `connecting with ${PASSWORD}\n`;
const TEXT = [['Content-Type', 'text/plain']] as const;

/** A cluster with one pod, whose Secret nobody has read yet; what shows the pod answers like this. */
const clusterThat = (shown: Reply, secretIs: Reply = { body: secret() }): Answering => {
  return ({ target }) => {
    const path = target.split('?')[0];
    if (path === POD_PATH) return { body: POD };
    return path === SECRET_PATH ? secretIs : shown;
  };
};
const gateway = (cluster: Answering, more: Surroundings = {}) =>
  pipeline({ rules: ALLOW_ALL + MASK_SECRETS, readsPods: true, cluster, ...more });
const asked = ({ sent }: ReturnType<typeof pipeline>) => sent.map(({ target }) => target.split('?')[0]);

describe('case 61: a pod whose Secrets nobody has read', () => {
  it('has them taken out of its log, and the reads are on record before they are made', async () => {
    const gate = gateway(clusterThat({ headers: TEXT, body: LINE }));
    const got = await gate.serve({ target: LOG_PATH });
    expect(got.body).toBe(`connecting with ${REDACTED}\n`);
    expect(gate.timeline.filter((line) => !line.startsWith('policy'))).toEqual([
      'decided',
      `cluster GET ${POD_PATH}?timeout=4s`,
      'own-read',
      `cluster GET ${SECRET_PATH}?timeout=4s`,
      `cluster GET ${LOG_PATH}`,
      'answer 200',
      'finished',
    ]);
  });

  it('has them taken out of a log whose length is known', async () => {
    const headers = [...TEXT, ['Content-Length', String(LINE.length)]] as const;
    const gate = gateway(clusterThat({ headers, body: LINE }));
    const got = await gate.serve({ target: LOG_PATH });
    expect([got.body, got.header('Content-Length')]).toEqual([`connecting with ${REDACTED}\n`, []]);
    expect(gate.finished()).toMatchObject([{ status: 200, maskedValues: 1 }]);
  });

  it.each(['exec', 'attach'])('has them taken out of the first byte of %s', async (what) => {
    const pipe = startPipe();
    const gate = gateway(clusterThat({ ...pipe.accepted, head: pipe.printed(`${PASSWORD} first, `) }));
    const { served } = gate.begin(pipe.request(undefined, what));
    pipe.print(`${PASSWORD} again`);
    pipe.end();
    const { body } = await served;
    expect(body).not.toContain(PASSWORD);
    expect(gate.finished()).toMatchObject([{ status: 101, maskedValues: 2, stream: { redactedValues: 2 } }]);
  });

  it("has the reads on record as the gateway's own, under Audit-IDs that the cluster gets, without a value or a key", async () => {
    const gate = gateway(clusterThat({ headers: TEXT, body: LINE }));
    await gate.serve({ target: LOG_PATH });
    const [decided] = gate.decided();
    const [pod, read] = gate.sent;
    expect(gate.ownReads()).toEqual([
      {
        type: 'own-read',
        auditId: decided?.auditId,
        effective: null,
        credential: decided?.credential,
        cluster: 'test',
        resource: 'secrets',
        namespace: 'shop',
        reads: [{ name: 'db', auditId: read?.header('Audit-ID') }],
        durable: false,
      },
    ]);
    expect(new Set([decided?.auditId, pod?.header('Audit-ID'), read?.header('Audit-ID')]).size).toBe(3);
  });

  it('has what could not be read named in the end, and is shown all the same', async () => {
    const gate = gateway(clusterThat({ headers: TEXT, body: LINE }, { status: 403, body: failure(403, 'no') }));
    const got = await gate.serve({ target: LOG_PATH });
    expect(got.body).toBe(LINE);
    expect(gate.finished()).toMatchObject([{ unread: [{ resource: 'secrets', name: 'db', why: 'forbidden' }] }]);
  });

  it('is not shown where the cluster does not say what they are', async () => {
    const gate = gateway(clusterThat({ headers: TEXT, body: LINE }, { status: 500, body: failure(500, 'etcd') }));
    const got = await gate.serve({ target: LOG_PATH });
    expect([got.status, got.code()]).toEqual([503, 'pod-secrets-unread']);
    expect(asked(gate)).toEqual([POD_PATH, SECRET_PATH]);
    expect(gate.finished()).toMatchObject([{ status: 503, code: 'pod-secrets-unread' }]);
  });

  it('is not shown, and they are not read, where the read cannot be put on record', async () => {
    const cluster = clusterThat({ headers: TEXT, body: LINE });
    const gate = gateway(cluster, {
      journal: async ({ type }) => {
        if (type === 'own-read') throw diskIsFull();
      },
    });
    const got = await gate.serve({ target: LOG_PATH });
    expect([got.status, got.code()]).toEqual([503, 'journal-unavailable']);
    expect(asked(gate)).toEqual([POD_PATH]);
  });

  it('has them looked for until its stream is over, however many others are seen meanwhile', async () => {
    const pipe = startPipe();
    const gate = gateway(clusterThat(pipe.accepted));
    const flood = (name: string) => {
      for (let index = 0; index <= 20_000; index += 1) gate.noteSeen(`${name}-value-${index}`);
    };
    const { served, until } = gate.begin(pipe.request());
    pipe.print('begun');
    await until('begun');
    flood('first');
    pipe.print(`${PASSWORD} again`);
    pipe.end();
    expect((await served).body).not.toContain(PASSWORD);
    flood('second');
    expect(gate.seen()).not.toContain(PASSWORD);
  });

  it('keeps no recording of an exec that was refused for it', async () => {
    const record =
      '  - {id: rec, effect: none, match: {resources: [pods/exec]}, obligations: {record: {level: full}}}\n';
    const pipe = startPipe();
    const gate = gateway(clusterThat(pipe.accepted, { status: 500 }), { rules: ALLOW_ALL + MASK_SECRETS + record });
    const got = await gate.begin(pipe.request()).served;
    expect(got.code()).toBe('pod-secrets-unread');
    expect(gate.recordings()).toEqual([]);
    expect(gate.streams.list()).toEqual([]);
  });
});

describe('nothing of a pod is read', () => {
  it('for what policy denies', async () => {
    const gate = gateway(clusterThat({}), { rules: DENY_ALL });
    await gate.serve({ target: LOG_PATH });
    expect(gate.sent).toEqual([]);
  });

  it('before a person has said yes', async () => {
    const sentWhileHeld: string[] = [];
    const gate = gateway(clusterThat({ headers: TEXT, body: LINE }), {
      rules: ASK_ALL,
      person: { says: 'approve' },
      meanwhile: () => sentWhileHeld.push(...asked(gate).map(String)),
    });
    const got = await gate.serve({ target: LOG_PATH });
    expect(sentWhileHeld).not.toContain(SECRET_PATH);
    expect(got.body).toBe(`connecting with ${REDACTED}\n`);
  });

  it('after one has said no', async () => {
    const gate = gateway(clusterThat({ headers: TEXT, body: LINE }), { rules: ASK_ALL, person: { says: 'deny' } });
    const got = await gate.serve({ target: LOG_PATH });
    expect(got.code()).toBe('approval-denied');
    expect(asked(gate)).not.toContain(SECRET_PATH);
  });

  it('for what shows none', async () => {
    const gate = gateway(clusterThat({}));
    await gate.serve({ target: POD_PATH });
    expect(asked(gate)).toEqual([POD_PATH]);
  });
});
