import { describe, expect, it } from 'vitest';
import { ACT_AS_CI, MERGE, POD_PATH, PODS_PATH, podCluster, SECRET_PATH, secret } from './objects.ts';
import { ALLOW_ALL, ASK_TO_ACT_AS, DENY_ALL, MASK_SECRETS, pipeline, startPipe } from './pipeline.ts';

/** Without the questions about how much an account may do. */
const withoutRights = (timeline: readonly string[]) =>
  timeline.filter((line) => !/accessreviews|rbac\.authorization\.k8s\.io/.test(line));

describe('the way of a request', () => {
  it('a read: policy, the record, the cluster, the answer, the record of its end', async () => {
    const gate = pipeline();
    await gate.serve({ target: PODS_PATH });
    expect(gate.timeline).toEqual(['policy list', 'decided', `cluster GET ${PODS_PATH}`, 'answer 200', 'finished']);
  });

  it('a write that has to be looked at and confirmed: nothing is sent before both are written down', async () => {
    const gate = pipeline({
      rules: ALLOW_ALL + ASK_TO_ACT_AS,
      person: { says: 'approve' },
      cluster: podCluster(),
    });
    await gate.serve({ method: 'PATCH', target: POD_PATH, headers: [MERGE], body: ACT_AS_CI });
    const steps = withoutRights(gate.timeline);
    const judged = steps.lastIndexOf('policy patch evaluated');
    const isStep = (step: string) => step !== 'policy patch evaluated';
    expect(steps.slice(0, judged).filter(isStep)).toEqual([
      'policy patch',
      'body',
      'policy get',
      `cluster GET ${POD_PATH}`,
      `cluster PATCH ${POD_PATH}?dryRun=All`,
    ]);
    expect(steps.slice(judged + 1)).toEqual([
      'lasting',
      'approval PENDING',
      'approval APPROVED',
      'approval GRANT_CONSUMED',
      'decided',
      `cluster PATCH ${POD_PATH}`,
      'answer 200',
      'finished',
    ]);
  });

  it('puts masks back before it evaluates: the rehearsal is of what will be sent', async () => {
    const asked =
      '  - {id: asked, effect: requireApproval, match: {verbs: [patch], resources: [secrets]}, approval: {level: ownerConfirm}}\n';
    const rules = ALLOW_ALL + MASK_SECRETS + ASK_TO_ACT_AS + asked;
    const gate = pipeline({ rules, person: { says: 'approve' }, cluster: () => ({ body: secret() }) });
    const { data } = (await gate.serve({ target: SECRET_PATH })).json();
    gate.sent.length = 0;
    const metadata = { annotations: { 'kubernetes.io/service-account.name': 'ci' } };
    await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers: [MERGE], body: { metadata, data } });
    const writes = gate.sent.filter(({ method }) => method === 'PATCH');
    expect(writes.map(({ target }) => target)).toEqual([`${SECRET_PATH}?dryRun=All`, SECRET_PATH]);
    for (const { body } of writes) expect(JSON.parse(body ?? '')).toMatchObject({ data: secret().data });
    expect(gate.asked()[0]?.intent.bodyPreview).toContain('"password": "<masked>"');
  });

  it('a body that policy denies is never read', async () => {
    const gate = pipeline({ rules: DENY_ALL });
    const got = await gate.serve({ method: 'POST', target: PODS_PATH, body: { kind: 'Pod' } });
    expect(got.status).toBe(403);
    expect(gate.timeline).toEqual(['policy create', 'decided', 'answer 403', 'finished']);
  });

  it('a body that cannot be read is refused before anybody is asked and before the cluster is', async () => {
    const gate = pipeline({ rules: ALLOW_ALL + ASK_TO_ACT_AS });
    const got = await gate.serve({ method: 'POST', target: PODS_PATH, body: '{"a":1,"a":2}' });
    expect(got.status).toBe(400);
    expect(gate.timeline).toEqual(['policy create', 'body', 'decided', 'answer 400', 'finished']);
  });

  it('an exec is recorded from before the cluster hears of it', async () => {
    const pipe = startPipe();
    const atTheCluster: string[][] = [];
    const whenDecided: string[][] = [];
    const gate = pipeline({
      rules: `${ALLOW_ALL}  - {id: rec, effect: none, match: {resources: [pods/exec]}, obligations: {record: {level: full}}}\n`,
      cluster: () => {
        atTheCluster.push(gate.recordings());
        return pipe.accepted;
      },
      journal: async () => void whenDecided.push(gate.recordings()),
    });
    const { served } = gate.begin(pipe.request());
    pipe.end();
    await served;
    const [id] = gate.decided().map(({ auditId }) => auditId);
    expect(whenDecided[0]).toEqual([]);
    expect(atTheCluster).toEqual([[expect.stringContaining(id ?? '')]]);
    expect(gate.timeline).toEqual([
      'policy create',
      'lasting',
      'decided',
      expect.stringMatching(/^cluster GET .*exec/),
      'answer 101',
      'finished',
    ]);
  });
});
