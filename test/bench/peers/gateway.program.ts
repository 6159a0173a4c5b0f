import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { createCertificateAuthority } from '../../../proxy/access/certificate-authority.ts';
import { openLocalAuthority } from '../../../proxy/approvals/local-authority.ts';
import { createGateway } from '../../../proxy/gateway.ts';
import { acceptedInMemory } from '../../../proxy/policy/source/accepted-policy.ts';
import { policyIn } from '../../../proxy/policy/source/policy-folder.ts';
import { writeDefaultPolicy } from '../../../proxy/policy/source/read-policy-folder.ts';
import { policyFiles, randomRules } from '../policy/random-policy.ts';

/*
 * A gateway as it is on a laptop: the built-in policy and 1000 rules more, journal on disk, masks.
 * Arguments: its folder, the kubeconfig of the cluster, its context, and
 * `plain`: without the built-in rules that look for credentials in every answer and record what is executed; `masking`
 * and `recorded`: with one of them.
 */
const [folder = '', kubeconfig = '', context = '', how = ''] = process.argv.slice(2);
const policyFolder = join(folder, 'policy');
mkdirSync(policyFolder, { recursive: true });
await writeDefaultPolicy(policyFolder);
// Nobody is there to be asked.
leaveOut('confirm.yaml', 'acting-as-another');
if (how !== 'masking') leaveOut('everyday.yaml', 'inline-credentials-masked');
if (how !== 'recorded') leaveOut('everyday.yaml', 'into-pods-recorded');
const files = {
  ...policyFiles(randomRules(1000)),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(policyFolder, name), text);

function leaveOut(file: string, id: string): void {
  const path = join(policyFolder, file);
  const document = parseDocument(readFileSync(path, 'utf8'));
  const rules = document.getIn(['spec', 'rules']) as YAMLSeq<YAMLMap>;
  const place = rules.items.findIndex((rule) => rule.get('id') === id);
  if (place < 0) throw new Error(`The built-in policy has changed: ${file} has no rule ${id}`);
  rules.delete(place);
  writeFileSync(path, String(document));
}

const said = (fields: object, message: string): void => console.error(message, fields);
const gateway = await createGateway({
  listen: { host: '127.0.0.1', port: 0 },
  certificateAuthority: await createCertificateAuthority(),
  policy: policyIn(policyFolder, { store: acceptedInMemory(), trustsFolder: true }),
  authority: openLocalAuthority,
  dataFolder: join(folder, 'data'),
  kubeconfigFolder: join(folder, 'kubeconfigs'),
  largeBodyWorker: new URL('./large-body-worker.js', import.meta.url),
  principal: { user: 'local:bench', groups: ['gatehouse:local'] },
  maskKey: { kid: 'bench', key: randomBytes(32) },
  journalKey: null,
  journalRetention: { days: 1, bytes: 1024 ** 3 },
  log: { info: () => undefined, warn: said, error: said },
});
const { problems } = gateway.policy();
if (problems.length > 0) throw new Error(JSON.stringify(problems));
const { slug } = await gateway.connectCluster({ kubeconfigFiles: [kubeconfig], context, labels: {} });
await gateway.openAccess({
  kind: 'headless',
  id: 'bench',
  cluster: slug,
  namespace: null,
  writeTo: join(folder, 'client'),
});
console.log(`ready ${gateway.address.port} /c/${slug}`);
process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
