// Everyday work with @kubernetes/client-node: one line of JSON for each step, {"step": …, "failed": …, "result": …}.
import { Writable } from 'node:stream';
import {
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';

const namespace = process.argv[2] ?? 'default';
const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const apps = config.makeApiClient(AppsV1Api);
const access = config.makeApiClient(AuthorizationV1Api);

const settings = (value) => ({ metadata: { name: 'library' }, data: { value } });
const as = (type) => setHeaderOptions('Content-Type', type);

await step('list pods', async () => {
  const { items } = await core.listNamespacedPod({ namespace });
  return items.map(({ metadata }) => metadata.name).sort();
});
await step('get deployment', async () => (await apps.readNamespacedDeployment({ name: 'web', namespace })).spec);
await step('get secret', async () => (await core.readNamespacedSecret({ name: 'db', namespace })).data);
await step('list secrets', async () => {
  const { items } = await core.listNamespacedSecret({ namespace });
  return items.map(({ metadata, data }) => [metadata.name, data]);
});
await step('get what is absent', () => core.readNamespacedConfigMap({ name: 'absent', namespace }));
await step('create', async () => (await core.createNamespacedConfigMap({ namespace, body: settings('1') })).data);
await step('create again', () => core.createNamespacedConfigMap({ namespace, body: settings('1') }));
await step('replace', async () => {
  const read = await core.readNamespacedConfigMap({ name: 'library', namespace });
  const body = { ...read, data: { value: '2' } };
  return (await core.replaceNamespacedConfigMap({ name: 'library', namespace, body })).data;
});
await step('replace with an old resourceVersion', async () => {
  const body = { metadata: { name: 'library', resourceVersion: '1' }, data: {} };
  return (await core.replaceNamespacedConfigMap({ name: 'library', namespace, body })).data;
});
for (const [name, type, body] of [
  ['strategic patch', PatchStrategy.StrategicMergePatch, { data: { strategic: 'a' } }],
  ['merge patch', PatchStrategy.MergePatch, { data: { merged: 'b' } }],
  ['JSON patch', PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/json', value: 'c' }]],
]) {
  await step(
    name,
    async () => (await core.patchNamespacedConfigMap({ name: 'library', namespace, body }, as(type))).data,
  );
}
await step('server-side apply', async () => {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', ...settings('3') };
  const request = { name: 'library', namespace, body, fieldManager: 'library', force: true };
  return (await core.patchNamespacedConfigMap(request, as(PatchStrategy.ServerSideApply))).data;
});
await step('watch', async () => {
  const watch = new Watch(config);
  const seen = new Promise((resolve, reject) => {
    const options = { timeoutSeconds: 20 };
    watch
      .watch(
        `/api/v1/namespaces/${namespace}/configmaps`,
        options,
        (type, { metadata }) => metadata.name === 'watched' && resolve(`${type} ${metadata.name}`),
        (error) => reject(error ?? new Error('the watch ended')),
      )
      .then((controller) => {
        // The event must come while the watch is open.
        core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'watched' } } }).catch(reject);
        seen.finally(() => controller.abort()).catch(() => undefined);
      }, reject);
  });
  return seen;
});
await step('logs', async () => {
  const text = await core.readNamespacedPodLog({ name: 'box', namespace, tailLines: 2 });
  return typeof (text ?? '');
});
await step('follow logs', async () => {
  const { stream } = collector();
  const controller = await new Log(config).log(namespace, 'box', 'main', stream, { follow: true, tailLines: 1 });
  controller.abort();
  return 'began';
});
await step('exec', () => execute(['sh', '-c', 'echo out; echo err >&2; exit 3']));
await step('can-i', async () => {
  const resourceAttributes = { verb: 'get', resource: 'pods', namespace };
  const { status } = await access.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } });
  return status.allowed;
});
await step('create token', async () => {
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'library' } } });
  const body = { spec: { audiences: [], expirationSeconds: 600 } };
  const { status } = await core.createNamespacedServiceAccountToken({ name: 'library', namespace, body });
  return status.token;
});
await step('read a secret, replace it', async () => {
  const body = await core.readNamespacedSecret({ name: 'db', namespace });
  const { data } = await core.replaceNamespacedSecret({ name: 'db', namespace, body });
  return data;
});
await step('delete', async () => (await core.deleteNamespacedConfigMap({ name: 'library', namespace })).status);
process.exit(0);

async function step(name, run) {
  let result;
  let failed = false;
  try {
    result = await run();
  } catch (error) {
    failed = true;
    result = `${error.code ?? ''} ${messageOf(error)}`.trim();
  }
  console.log(
    JSON.stringify({ step: name, failed, result: typeof result === 'string' ? result : JSON.stringify(result) }),
  );
}

function messageOf(error) {
  try {
    const body = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    return `${body.reason}: ${body.message}`;
  } catch {
    return error.message ?? String(error);
  }
}

function collector() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}

function execute(command) {
  return new Promise((resolve, reject) => {
    const out = collector();
    const err = collector();
    new Exec(config)
      .exec(namespace, 'box', 'main', command, out.stream, err.stream, null, false, (status) => {
        const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message ?? status.status;
        resolve(`${out.text()}${err.text()}${code}`);
      })
      .then((socket) => socket.on('error', reject), reject);
  });
}
