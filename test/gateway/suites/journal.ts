import { describe, expect, it } from 'vitest';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** What the journal says after all the other suites. */
export function describeJournal(environment: () => RunningGateway): void {
  describe('the journal', () => {
    it('has a decided and a finished record for a request, with three identities and the outcome', async () => {
      const { kubectl, records, slug } = environment();
      await kubectl(['get', 'configmaps', '-n', 'default']);
      const all = await records();
      const decided = all.find((record) => record.type === 'decided' && record.request.resource === 'configmaps');
      if (decided?.type !== 'decided') throw new Error('no decided record');
      expect(decided).toMatchObject({
        principal: { user: 'local:tester', groups: ['gatehouse:local'], session: { kind: 'headless', id: 'suite' } },
        effective: null,
        cluster: slug,
        decision: { outcome: 'allow' },
        request: { verb: 'list', kubectlCommand: 'kubectl get' },
      });
      expect(decided.credential).not.toBe('');
      const finished = all.find((record) => record.type === 'finished' && record.auditId === decided.auditId);
      expect(finished).toMatchObject({ status: 200, code: null });
    });

    it('and the API server’s audit log meet in the Audit-ID', async () => {
      const { kubectl, records, cluster } = environment();
      await kubectl(['get', 'pods', '-n', 'kube-system']);
      const [decided] = (await records()).filter(
        (record) => record.type === 'decided' && record.request.resource === 'pods',
      );
      if (decided?.type !== 'decided') throw new Error('no decided record');
      const audited = (await cluster.auditLog()).find(({ auditID }) => auditID === decided.auditId);
      expect(audited).toMatchObject({ verb: 'list', objectRef: { resource: 'pods', namespace: 'kube-system' } });
    });

    it('reads every request as the API server did', async () => {
      const { records, cluster } = environment();
      const audited = new Map((await cluster.auditLog()).map((event) => [event.auditID, event]));
      let compared = 0;
      for (const record of await records()) {
        if (record.type !== 'decided') continue;
        const event = audited.get(record.auditId);
        if (event === undefined) continue;
        compared += 1;
        const { verb, resource, subresource, namespace, name, apiGroup, target } = record.request;
        expect(verb, target).toBe(event.verb);
        // A create names its object in the body, which the audit log adds and the request line does not have.
        const named = event.verb === 'create' ? {} : { name };
        const read = { resource, subresource, namespace, apiGroup, ...named };
        const { objectRef = {} } = event;
        const theirs = {
          resource: objectRef.resource ?? '',
          subresource: objectRef.subresource ?? '',
          namespace: objectRef.namespace ?? '',
          apiGroup: objectRef.apiGroup ?? '',
          ...(event.verb === 'create' ? {} : { name: objectRef.name ?? '' }),
        };
        if (objectRef.resource !== undefined) expect(read, target).toEqual(theirs);
      }
      expect(compared).toBeGreaterThan(20);
    });

    it('verifies', async () => {
      const { folder, gateway } = environment();
      await gateway.journal({}, { limit: 1 });
      const report = await verifyJournal(`${folder}/data/journal`, { publicKey: null });
      expect(report).toMatchObject({ ok: true });
    });
  });
}
