import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { createCertificateAuthority } from '../../../proxy/clusters/certificate-authority.ts';
import { createGateway } from '../../../proxy/gateway.ts';
import { writeDefaultPolicy } from '../../../proxy/policy/read-policy-folder.ts';
import { policyFiles, randomRules } from '../policy/random-policy.ts';

/*
 * A gateway as it is on a laptop: the built-in policy and 1000 rules more, journal on disk, masks.
 * Arguments: its folder, the kubeconfig of the cluster, its context, and
 * `plain`: without the built-in rule that looks for credentials in every answer; `masking`: with it; `recorded`: plain,
 * and exec is recorded.
 */
const [folder = '', kubeconfig = '', context = '', how = ''] = process.argv.slice(2);
const policyFolder = join(folder, 'policy');
mkdirSync(policyFolder, { recursive: true });
await writeDefaultPolicy(policyFolder);
const everyday = join(policyFolder, 'everyday.yaml');
const document = parseDocument(readFileSync(everyday, 'utf8'));
const rules = document.getIn(['spec', 'rules']) as YAMLSeq<YAMLMap>;
const credentials = rules.items.findIndex((rule) => rule.get('id') === 'inline-credentials-masked');
if (credentials < 0)
  throw new Error('The built-in policy has changed: the rule that looks for credentials is not there');
if (how !== 'masking') rules.delete(credentials);
writeFileSync(everyday, String(document));
const files = {
  ...policyFiles(randomRules(1000)),
  'bench.yaml': `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: bench}
spec:
  rules:
    - id: recording
      effect: none
      match: {resources: [pods/exec]}
      obligations: {record: {level: ${how === 'recorded' ? 'full' : 'metadata'}}}
`,
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(policyFolder, name), text);

const said = (fields: object, message: string): void => console.error(message, fields);
const gateway = await createGateway({
  listen: { host: '127.0.0.1', port: 0 },
  authority: await createCertificateAuthority(),
  policyFolder,
  dataFolder: join(folder, 'data'),
  kubeconfigFolder: join(folder, 'kubeconfigs'),
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
