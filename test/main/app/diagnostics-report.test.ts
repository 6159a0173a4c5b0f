import { expect, test } from 'vitest';
import { diagnosticsReport } from '../../../main/app/diagnostics-report.ts';
import { clusters, gateway, info, policy } from '../../renderer/bridge-data.ts';

const report = diagnosticsReport({
  info,
  gateway: {
    ...gateway,
    state: 'failed',
    restarts: 3,
    problem: { code: 'port-taken', message: 'x', details: 'y', reference: null },
  },
  policy: {
    ...policy,
    problems: [{ file: '/home/mira/p.yaml', line: 4, column: 1, code: 'unknown-field', message: 'what is `efect`?' }],
  },
  clusters,
});

test('the report carries versions and states', () => {
  for (const fact of [info.version, info.electron, 'failed', 'port-taken', 'unknown-field at line 4', '2 unusable']) {
    expect(report).toContain(fact);
  }
});

test('the report names no cluster, server, person or folder', () => {
  for (const secret of ['mira', '/home', 'lumen', 'https://', 'legacy']) expect(report).not.toContain(secret);
});
