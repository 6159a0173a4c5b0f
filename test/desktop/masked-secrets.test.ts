import { expect, test } from './launch/demo-test.ts';
import { leakedSecrets } from './launch/leaked-secrets.ts';
import { readRecordings } from './launch/recordings-on-disk.ts';

/** Ways to ask for Secrets in clear, as a person would try them. */
const READS = [
  'kubectl get secrets -n payments -o yaml',
  'kubectl get secrets -n payments -o json',
  'kubectl get secret payments-db -n payments -o jsonpath={.data.password}',
  'kubectl get secret payments-db -n payments -o go-template=\'{{index .data "password" | base64decode}}\'',
  'kubectl describe secret payment-provider -n payments',
  'kubectl get secrets --all-namespaces -o custom-columns=NAME:.metadata.name,DATA:.data',
  'kubectl get --raw /api/v1/namespaces/payments/secrets/payments-db',
];

test('kubectl shows Secrets with masks in place of their values', async ({ demo }) => {
  const { terminal, folders } = demo;
  const { exitCode, output } = await terminal.run('kubectl get secret payments-db -n payments -o yaml');
  expect(exitCode).toBe(0);
  expect(output, 'the keys are there').toMatch(/^ {2}replica-password: /m);
  const values = [...output.matchAll(/^ {2}(password|replica-password|url|username): (\S+)$/gm)];
  expect(values).toHaveLength(4);
  for (const [, key, value = ''] of values) {
    const text = Buffer.from(value, 'base64').toString('utf8');
    expect(text, `the value of ${key}`).toMatch(/masked/i);
  }
  await terminal.shows('replica-password');
  expect(leakedSecrets((await terminal.rows()).join('\n'))).toEqual([]);
  expect(leakedSecrets(readRecordings(folders.recordings).text)).toEqual([]);
});

test('no way to print Secrets brings a value into the terminal', async ({ demo }) => {
  const { terminal, folders } = demo;
  for (const read of READS) {
    const { exitCode, output } = await terminal.run(read);
    expect(exitCode, `${read}\n${output}`).toBe(0);
    expect(leakedSecrets(output), read).toEqual([]);
    expect(leakedSecrets((await terminal.rows()).join('')), read).toEqual([]);
  }
  expect(leakedSecrets(readRecordings(folders.recordings).text)).toEqual([]);
});
