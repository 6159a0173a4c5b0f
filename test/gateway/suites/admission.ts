import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { leaked, makeCanary } from './canaries.ts';

/** Quotes the Secret that it is asked about: in a warning on each write, and in the refusal of those labelled `bad`. */
const admissionPolicy = (name: string, expression: string, action: 'Warn' | 'Deny') => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['secrets'] },
        ],
      },
      validations: [
        {
          expression,
          messageExpression: "'quoted ' + string((object == null ? oldObject : object).data['password'])",
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: [action] },
  },
];

/** What admission says about a Secret; only a real API server runs admission policies. */
export function describeAdmission(environment: () => RunningGateway): void {
  describe('admission policies that quote a Secret', () => {
    const namespace = 'gatehouse-admission';
    const canary = makeCanary('quoted');
    const warning = /Warning: .*text withheld by Gatehouse/;

    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', namespace]);
      const secret = ['-n', namespace, 'create', 'secret', 'generic', 'quoted'];
      await directly([...secret, `--from-literal=password=${canary.value}`]);
      const bad = "object == null || !has(object.metadata.labels) || !('bad' in object.metadata.labels)";
      const items = [...admissionPolicy('quote-warn', 'false', 'Warn'), ...admissionPolicy('quote-deny', bad, 'Deny')];
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const applied = await directly(['create', '-f', '-'], { input: list });
      expect(applied.stderr).toBe('');
      // Admission compiles a new policy within a moment; nothing tells when.
      for (let tries = 0; ; tries += 1) {
        const { stderr } = await directly([
          '-n',
          namespace,
          'label',
          'secret',
          'quoted',
          `try=${tries}`,
          '--overwrite',
        ]);
        if (leaked(stderr, [canary]).length > 0) break;
        if (tries > 100) throw new Error('the admission policy never came into force');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    });
    afterAll(async () => {
      const { directly } = environment();
      for (const kind of ['validatingadmissionpolicybinding', 'validatingadmissionpolicy']) {
        await directly(['delete', kind, 'quote-warn', 'quote-deny']);
      }
      await directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    it.each([
      ['a label', ['label', 'secret', 'quoted', 'a=b', '--overwrite'], 0],
      ['a dry run', ['annotate', 'secret', 'quoted', 'a=b', '--overwrite', '--dry-run=server'], 0],
      ['the dry run of a delete', ['delete', 'secret', 'quoted', '--dry-run=server'], 0],
      ['a refused label', ['label', 'secret', 'quoted', 'bad=yes'], 1],
    ])('case 46: %s says that something was withheld, and quotes nothing', async (_name, args, expected) => {
      const { kubectl, everythingWritten } = environment();
      const { stdout, stderr, code } = await kubectl(['-n', namespace, ...args, '-v=10']);
      expect(code).toBe(expected);
      expect(stderr).toMatch(warning);
      expect(leaked(stdout + stderr, [canary])).toEqual([]);
      expect(leaked(await everythingWritten(), [canary])).toEqual([]);
    });

    it('case 36: the list of what deletecollection deleted is masked', async () => {
      const { request, decideNext } = environment();
      const deleting = request('DELETE', `/api/v1/namespaces/${namespace}/secrets?dryRun=All`);
      await decideNext('approve');
      const { status, body } = await deleting;
      expect(status).toBe(200);
      expect(body).toMatch(/"quoted"/);
      expect(leaked(body, [canary])).toEqual([]);
    });
  });
}
