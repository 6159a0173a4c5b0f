/* Longer than 300 lines: one table, row by row. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { type Canary, leaked, makeCanary } from './canaries.ts';

/** One road by which a value could come out. */
interface Road {
  readonly name: string;
  /** Says what the client got: every byte that it could print. */
  readonly take: (environment: RunningGateway) => Promise<string>;
  /** What must be in it, so that a road that leads nowhere is not taken for a safe one. */
  readonly shows?: RegExp;
  /** The same for a real API server, which refuses more than the demo cluster does. */
  readonly showsReal?: RegExp;
}

/** One row of the leak table: what is planted past the gateway, and the roads to it. */
interface LeakRow {
  readonly name: string;
  readonly objects: readonly object[];
  readonly roads: readonly Road[];
  /** A policy document that the row needs, under the name of its file. */
  readonly policy?: string;
}

const NAMESPACE = 'gatehouse-leaks';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MASK = /gatehouse-masked\.v1\.|Z2F0ZWhvdXNlLW1hc2tlZC52MS/;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** kubectl with everything that it was sent. @param code the exit code that is expected; null where either will do. */
const kubectl =
  (args: readonly string[], { code = 0, input }: { code?: number | null; input?: string } = {}) =>
  async (environment: RunningGateway): Promise<string> => {
    const result = await environment.kubectl(['-n', NAMESPACE, ...args, '-v=10'], input === undefined ? {} : { input });
    if (code !== null) expect(result.code, result.stderr.slice(-2000)).toBe(code);
    return result.stdout + result.stderr;
  };

/** One request; a person approves it where it has to wait. */
const raw =
  (
    method: string,
    target: string,
    options: { body?: string; type?: string; accept?: string; approve?: boolean } = {},
  ) =>
  async (environment: RunningGateway): Promise<string> => {
    const { body, type = 'application/json', accept = 'application/json', approve = false } = options;
    const headers = { Accept: accept, ...(body === undefined ? {} : { 'Content-Type': type }) };
    const asking = environment.request(method, target, headers, body);
    if (approve) await environment.decideNext('approve');
    const answer = await asking;
    return `${answer.status}\n${answer.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n${answer.body}`;
  };

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** Every way to look at objects of one kind. */
function readsOf(resource: string, path: string, name: string): Road[] {
  return [
    { name: 'case 34: as YAML', take: kubectl(['get', resource, name, '-o', 'yaml']), shows: MASK },
    { name: 'case 34: as a list', take: kubectl(['get', resource, '-o', 'json']), shows: MASK },
    { name: 'case 34: as a table', take: kubectl(['get', resource]) },
    {
      name: 'case 34: as a table with the objects',
      take: raw('GET', `${path}?includeObject=Object`, { accept: TABLE }),
      shows: MASK,
    },
    {
      name: 'case 34: raw, all of its metadata',
      take: raw('GET', `${path}?limit=50`, {
        accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
      }),
    },
    {
      name: 'case 34: in protobuf',
      take: raw('GET', path, { accept: 'application/vnd.kubernetes.protobuf' }),
      shows: MASK,
    },
    { name: 'case 34: described', take: kubectl(['describe', resource, name]) },
    { name: 'case 35: watched', take: raw('GET', `${path}?watch=1&timeoutSeconds=1`), shows: MASK },
    {
      name: 'case 35: watched as tables',
      take: raw('GET', `${path}?watch=1&timeoutSeconds=1&includeObject=Object`, { accept: TABLE }),
    },
    {
      name: 'case 36: after a label',
      take: kubectl(['label', resource, name, 'seen=yes', '--overwrite', '-o', 'yaml']),
      shows: MASK,
    },
    {
      name: 'case 36: after an empty patch',
      take: kubectl(['patch', resource, name, '--type=merge', '-p', '{}', '-o', 'yaml']),
      shows: MASK,
    },
    {
      name: 'case 36: of a dry run',
      take: kubectl(['annotate', resource, name, 'dry=run', '--dry-run=server', '-o', 'yaml']),
      shows: MASK,
    },
    {
      name: 'case 46: in the error of a patch that breaks a type',
      take: raw('PATCH', `${path}/${name}`, {
        body: '{"metadata":{"labels":[7]}}',
        type: 'application/merge-patch+json',
      }),
      shows: /^4/,
    },
  ];
}

const at = (group: string, resource: string): string =>
  `${group === 'v1' ? '/api/v1' : `/apis/${group}`}/namespaces/${NAMESPACE}/${resource}`;

const collected = (path: string, selector: string): Road => ({
  name: 'case 36: in the list of what a deletecollection would delete',
  take: raw('DELETE', `${path}?labelSelector=${selector}`, { body: '{"dryRun":["All"]}', approve: true }),
});

/** A pod template in which each place that can hold a credential does. */
function template({ value }: Canary): object {
  const url = `postgres://shop:${encodeURIComponent(value)}@db.shop:5432/shop`;
  return {
    metadata: { labels: { app: 'leaks' }, annotations: { 'vault.example.com/token': value } },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'nginx',
          command: ['serve', `--admin-password=${value}`],
          args: ['--api-key', value, url],
          env: [
            { name: 'DB_PASSWORD', value },
            { name: 'DATABASE', value: url },
            { name: 'SETTINGS', value: JSON.stringify({ clientSecret: value }) },
          ],
          livenessProbe: {
            httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'Authorization', value: `Basic ${base64(value)}` }] },
          },
        },
      ],
      nodeSelector: { nowhere: 'yes' },
    },
  };
}

interface Carrier {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly fields: (template: object) => object;
}

const selector = { matchLabels: { app: 'leaks' } };

/** What carries a pod template in every cluster, the demo cluster too. */
const CARRIERS: readonly Carrier[] = [
  { apiVersion: 'v1', kind: 'Pod', resource: 'pods', fields: (of) => of },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    resource: 'deployments',
    fields: (of) => ({ spec: { replicas: 0, selector, template: of } }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    resource: 'replicasets',
    fields: (of) => ({ spec: { replicas: 0, selector, template: of } }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    resource: 'statefulsets',
    fields: (of) => ({ spec: { replicas: 0, selector, serviceName: 'x', template: of } }),
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    resource: 'daemonsets',
    fields: (of) => ({ spec: { selector, template: of } }),
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    resource: 'jobs',
    fields: (of) => ({ spec: { suspend: true, template: once(of) } }),
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    resource: 'cronjobs',
    fields: (of) => ({ spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template: once(of) } } } }),
  },
];

const MORE_CARRIERS: readonly Carrier[] = [
  {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    resource: 'replicationcontrollers',
    fields: (of) => ({ spec: { replicas: 0, selector: { app: 'leaks' }, template: of } }),
  },
  { apiVersion: 'v1', kind: 'PodTemplate', resource: 'podtemplates', fields: (of) => ({ template: of }) },
  {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    resource: 'controllerrevisions',
    fields: (of) => ({ revision: 1, data: { spec: { template: of } } }),
  },
];

const once = (of: object): object => {
  const { spec, ...rest } = of as { spec: object };
  return { ...rest, spec: { ...spec, restartPolicy: 'Never' } };
};

function carrierRow(canary: Canary, { apiVersion, kind, resource, fields }: Carrier): LeakRow {
  const name = `leaks-${resource}`;
  const body = { apiVersion, kind, ...fields(template(canary)) } as Record<string, unknown> & {
    metadata?: { annotations?: object };
  };
  const object = {
    ...body,
    metadata: {
      ...body.metadata,
      name,
      namespace: NAMESPACE,
      // Not the label that the selectors above look for: a Pod that has it is theirs, to delete.
      labels: { leaks: 'yes' },
      annotations: { ...body.metadata?.annotations, [LAST_APPLIED]: `${JSON.stringify(body)}\n` },
    },
  };
  const path = at(apiVersion, resource);
  return {
    name: `credentials in ${kind}: env, args, probes, annotations, last-applied`,
    objects: [object],
    roads: [
      ...readsOf(resource, path, name),
      {
        name: 'case 36: of a create through the gateway',
        take: raw('POST', `${path}?dryRun=All`, {
          body: JSON.stringify({ ...object, metadata: { ...object.metadata, name: `${name}-2` } }),
        }),
        shows: MASK,
      },
      collected(path, 'leaks=yes'),
    ],
  };
}

function secretRow(name: string, type: string, data: Record<string, string>, more: Partial<LeakRow> = {}): LeakRow {
  const path = at('v1', 'secrets');
  const copy = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE }, type, stringData: data };
  return {
    name: `Secret of type ${type}`,
    objects: [
      {
        ...copy,
        metadata: {
          ...copy.metadata,
          labels: { app: 'leaks' },
          finalizers: ['gatehouse.example.com/leaks'],
          annotations: { [LAST_APPLIED]: `${JSON.stringify(copy)}\n` },
        },
      },
    ],
    roads: [
      ...readsOf('secrets', path, name),
      collected(path, 'app=leaks'),
      ...[
        [
          'a JSON Patch that changes nothing',
          'application/json-patch+json',
          '[{"op":"replace","path":"/metadata/labels/app","value":"leaks","foo":1}]',
          '?fieldValidation=Strict',
        ],
        ['bad base64', 'application/merge-patch+json', '{"data":{"x":"***"}}', ''],
        ['an unknown field', 'application/merge-patch+json', '{"foo":{"bar":1}}', '?fieldValidation=Strict'],
        ['strategic merge', 'application/strategic-merge-patch+json', '{"data":7}', ''],
        [
          'server-side apply',
          'application/apply-patch+yaml',
          `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"${name}"},"data":"${base64(Object.values(data)[0] ?? '')}"}`,
          '?fieldManager=leaks',
        ],
      ].map(([what, type = '', body = '', query = '']) => ({
        name: `case 46: in the error of ${what}`,
        take: raw('PATCH', `${path}/${name}${query}`, { body, type }),
      })),
      {
        name: 'case 36: of the delete of an object with a finalizer',
        take: raw('DELETE', `${path}/${name}`),
        shows: /^2/,
      },
      ...(more.roads ?? []),
    ],
  };
}

/** The rows that any cluster has. */
function commonRows(canary: Canary): LeakRow[] {
  const { value } = canary;
  const pem = `-----BEGIN PRIVATE KEY-----\n${base64(value)}\n-----END PRIVATE KEY-----\n`;
  const auths = {
    'registry.example.com': {
      username: 'robot',
      password: value,
      auth: base64(`robot:${value}`),
      identitytoken: value,
    },
  };
  const docker = JSON.stringify({ auths });
  const keepsRegistry: Road = {
    name: 'keeps a docker configuration one that clients can read',
    take: async (environment) => {
      const { stdout } = await environment.kubectl(['-n', NAMESPACE, 'get', 'secret', 'leaks-docker', '-o', 'json']);
      const { data } = JSON.parse(stdout) as { data: Record<string, string> };
      const config = JSON.parse(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString());
      expect(config.auths['registry.example.com']).toMatchObject({
        username: 'robot',
        password: expect.stringMatching(MASK),
      });
      expect(Buffer.from(config.auths['registry.example.com'].auth, 'base64').toString()).toMatch(
        /^robot:gatehouse-masked/,
      );
      return stdout;
    },
  };
  const pods = at('v1', 'pods');
  return [
    secretRow('leaks-opaque', 'Opaque', { password: value, other: `x${value}y` }),
    secretRow(
      'leaks-docker',
      'kubernetes.io/dockerconfigjson',
      { '.dockerconfigjson': docker },
      { roads: [keepsRegistry] },
    ),
    secretRow('leaks-dockercfg', 'kubernetes.io/dockercfg', { '.dockercfg': JSON.stringify(auths) }),
    secretRow('leaks-basic', 'kubernetes.io/basic-auth', { username: 'shop', password: value }),
    secretRow('leaks-ssh', 'kubernetes.io/ssh-auth', { 'ssh-privatekey': pem }),
    secretRow('leaks-bootstrap', 'bootstrap.kubernetes.io/token', { 'token-id': 'abcdef', 'token-secret': value }),
    ...CARRIERS.map((carrier) => carrierRow(canary, carrier)),
    {
      name: 'ConfigMaps that hold what looks like a credential',
      objects: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'leaks-config', namespace: NAMESPACE, labels: { app: 'leaks' } },
          data: {
            'app.properties': `url=amqp://shop:${encodeURIComponent(value)}@mq\nsize=1\n`,
            key: pem,
            seen: `the value is ${value}`,
          },
          binaryData: { binary: base64(pem) },
        },
      ],
      roads: [
        ...readsOf('configmaps', at('v1', 'configmaps'), 'leaks-config'),
        collected(at('v1', 'configmaps'), 'app=leaks'),
      ],
    },
    {
      name: 'events that quote a value of a Secret',
      objects: [
        {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'leaks-event', namespace: NAMESPACE },
          involvedObject: { kind: 'Pod', namespace: NAMESPACE, name: 'leaks-pods', apiVersion: 'v1' },
          reason: 'Failed',
          message: `could not log in with ${value}`,
          type: 'Warning',
          firstTimestamp: new Date().toISOString(),
          lastTimestamp: new Date().toISOString(),
        },
      ],
      roads: [
        {
          name: 'as YAML',
          take: kubectl(['get', 'events', '-o', 'yaml']),
          shows: /could not log in with gatehouse-masked/,
        },
        { name: 'as a table', take: kubectl(['get', 'events']), shows: /could not log in with gatehouse-masked/ },
        { name: 'by kubectl events', take: kubectl(['events']), shows: /could not log in with gatehouse-masked/ },
        { name: 'described with its pod', take: kubectl(['describe', 'pod', 'leaks-pods']) },
        {
          name: 'by the other group',
          take: raw('GET', at('events.k8s.io/v1', 'events')),
          shows: /could not log in with gatehouse-masked/,
        },
      ],
    },
    {
      name: 'errors about Pods',
      objects: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'leaks-immutable', namespace: NAMESPACE },
          spec: (template(canary) as { spec: object }).spec,
        },
      ],
      roads: [
        {
          name: 'case 46: of a changed variable, which names the old value and the new',
          take: raw('PATCH', `${pods}/leaks-immutable`, {
            type: 'application/strategic-merge-patch+json',
            body: JSON.stringify({
              spec: { containers: [{ name: 'app', env: [{ name: 'DB_PASSWORD', value: `${value}-new` }] }] },
            }),
          }),
          showsReal: /^4/,
        },
        {
          name: 'case 46: of a JSON Patch of a variable',
          take: raw('PATCH', `${pods}/leaks-immutable`, {
            type: 'application/json-patch+json',
            body: JSON.stringify([{ op: 'replace', path: '/spec/containers/0/env/0/value', value: `${value}-new` }]),
          }),
          showsReal: /^4/,
        },
        {
          name: 'case 46: of a label that is no label',
          take: raw('PATCH', `${pods}/leaks-immutable`, {
            type: 'application/merge-patch+json',
            body: JSON.stringify({ metadata: { labels: { bad: value } } }),
          }),
        },
        {
          name: 'case 46: of an annotation key that is none',
          take: raw('PATCH', `${pods}/leaks-immutable`, {
            type: 'application/merge-patch+json',
            body: JSON.stringify({ metadata: { annotations: { [`${value} no key`]: 'x' } } }),
          }),
        },
        {
          name: 'case 46: of a body that is broken off',
          take: raw('POST', pods, { body: `{"apiVersion":"v1","kind":"Pod","stringData":"${base64(value)}` }),
          shows: /^4/,
        },
        {
          name: 'case 46: of a server-side apply that breaks a type',
          take: raw('PATCH', `${pods}/leaks-immutable?fieldManager=leaks`, {
            type: 'application/apply-patch+yaml',
            body: JSON.stringify({
              apiVersion: 'v1',
              kind: 'Pod',
              metadata: { name: 'leaks-immutable' },
              spec: { containers: value },
            }),
          }),
          shows: /^[45]/,
        },
      ],
    },
  ];
}

/** The rows that need kinds, admission or messages that only a real API server has. */
function realRows(canary: Canary): LeakRow[] {
  const { value } = canary;
  const widgets = `/apis/leaks.example.com/v1/namespaces/${NAMESPACE}/widgets`;
  const widget = (name: string, spec: object): object => ({
    apiVersion: 'leaks.example.com/v1',
    kind: 'Widget',
    metadata: { name, namespace: NAMESPACE },
    spec,
  });
  const admits = (name: string, action: 'Warn' | 'Deny', expression: string, message: string): object[] => [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: { leaks: 'yes' } },
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] },
          ],
        },
        validations: [{ expression, messageExpression: message }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: [action] },
    },
  ];
  return [
    ...MORE_CARRIERS.map((carrier) => carrierRow(canary, carrier)),
    {
      name: 'custom resources whose columns show a field',
      policy: `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: leaks}
spec:
  rules:
  - id: widgets
    effect: none
    match: {resources: [widgets.leaks.example.com]}
    obligations: {mask: [{resource: widgets.leaks.example.com, fields: ["spec.values.**", "spec.note.text"]}]}
`,
      objects: [
        widget('leaks-widget', { values: { db: { pin: value }, list: [value] }, note: { text: value }, size: 1 }),
      ],
      roads: [
        ...readsOf('widgets', widgets, 'leaks-widget').filter(({ name }) => !name.includes('protobuf')),
        {
          name: 'as a table, its cell redacted, its row trimmed',
          take: raw('GET', widgets, { accept: TABLE }),
          shows:
            /"cells":\["leaks-widget","gatehouse-masked\.v1\.redacted"[^\]]*\],"object":\{"kind":"PartialObjectMetadata"/,
        },
        {
          name: 'as a table without objects',
          take: raw('GET', `${widgets}?includeObject=None`, { accept: TABLE }),
          shows: /redacted"[^\]]*\],"object":null/,
        },
        {
          name: 'case 35: as tables in a watch',
          take: raw('GET', `${widgets}?watch=1&timeoutSeconds=1`, { accept: TABLE }),
          shows: /redacted/,
        },
        {
          name: 'case 46: of a body without a kind, which is quoted whole',
          take: raw('POST', widgets, {
            body: JSON.stringify({
              apiVersion: 'leaks.example.com/v1',
              metadata: { name: 'x' },
              spec: { values: { pin: value } },
            }),
          }),
          shows: /^4/,
        },
        {
          name: 'case 46: of a type that the schema does not have',
          take: raw('PATCH', `${widgets}/leaks-widget`, {
            type: 'application/merge-patch+json',
            body: JSON.stringify({ spec: { size: value } }),
          }),
          shows: /^4/,
        },
      ],
    },
    {
      name: 'parameters of storage classes and volumes',
      objects: [
        {
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
          metadata: { name: 'gatehouse-leaks' },
          provisioner: 'example.com/none',
          parameters: { restuserkey: 'x', password: value },
        },
        {
          apiVersion: 'v1',
          kind: 'PersistentVolume',
          metadata: { name: 'gatehouse-leaks' },
          spec: {
            capacity: { storage: '1Mi' },
            accessModes: ['ReadWriteOnce'],
            csi: { driver: 'example.com', volumeHandle: 'x', volumeAttributes: { secretKey: value } },
          },
        },
      ],
      roads: [
        { name: 'of the class', take: kubectl(['get', 'storageclass', 'gatehouse-leaks', '-o', 'yaml']), shows: MASK },
        { name: 'of the volume', take: kubectl(['get', 'pv', 'gatehouse-leaks', '-o', 'yaml']), shows: MASK },
        { name: 'described', take: kubectl(['describe', 'storageclass', 'gatehouse-leaks']) },
      ],
    },
    {
      name: 'the template of a Job, which an error repeats in full',
      objects: [],
      roads: [
        {
          name: 'case 46: immutable',
          take: raw('PATCH', `${at('batch/v1', 'jobs')}/leaks-jobs`, {
            type: 'application/strategic-merge-patch+json',
            body: JSON.stringify({
              spec: {
                template: {
                  spec: { containers: [{ name: 'app', env: [{ name: 'NEW_PASSWORD', value: `${value}-new` }] }] },
                },
              },
            }),
          }),
          shows: /^4/,
        },
      ],
    },
    {
      name: 'admission that quotes what it sees',
      objects: [
        ...admits(
          'gatehouse-leaks-warn',
          'Warn',
          'false',
          "'warned ' + object.spec.containers[0].env[0].value + ' ' + object.spec.containers[0].args[1]",
        ),
        ...admits(
          'gatehouse-leaks-deny',
          'Deny',
          "!has(object.metadata.labels) || !('bad' in object.metadata.labels)",
          "'denied ' + object.spec.containers[0].env[0].value",
        ),
      ],
      roads: [
        {
          name: 'case 46: in a warning',
          take: eventually(kubectl(['label', 'pod', 'leaks-pods', 'a=b', '--overwrite']), /[Ww]arned gatehouse-masked/),
          shows: /[Ww]arned gatehouse-masked/,
        },
        {
          name: 'case 46: in a refusal',
          take: kubectl(['label', 'pod', 'leaks-pods', 'bad=yes', '--overwrite'], { code: 1 }),
          shows: /denied gatehouse-masked/,
        },
      ],
    },
    {
      name: 'reviews of tokens',
      objects: [],
      roads: [
        {
          name: 'the token in the answer',
          take: raw('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
            body: JSON.stringify({
              apiVersion: 'authentication.k8s.io/v1',
              kind: 'TokenReview',
              spec: { token: value },
            }),
            approve: true,
          }),
          shows: /^201[\s\S]*gatehouse-masked\.v1\.redacted/,
        },
      ],
    },
  ];
}

const WIDGETS: object = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.leaks.example.com' },
  spec: {
    group: 'leaks.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        additionalPrinterColumns: [
          { name: 'Note', type: 'string', jsonPath: '.spec.note.text' },
          { name: 'Pin', type: 'string', jsonPath: '.spec.values.db.pin' },
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  note: { type: 'object', properties: { text: { type: 'string' } } },
                  values: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
          },
        },
      },
    ],
  },
};

/** Admission comes into force within a moment; nothing tells when. */
function eventually(take: Road['take'], pattern: RegExp): Road['take'] {
  return async (environment) => {
    let taken = '';
    for (let tries = 0; tries < 100; tries += 1) {
      taken = await take(environment);
      if (pattern.test(taken)) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return taken;
  };
}

/** The leak table: every byte that leaves by any road is searched for the value, in every form that it could have. */
export function describeLeakTable(environment: () => RunningGateway): void {
  const canary = makeCanary('leak');
  describeRows(environment, canary, commonRows(canary));
}

/** The same with the rows that only a real API server has. */
export function describeLeakTableOfRealCluster(environment: () => RunningGateway): void {
  const canary = makeCanary('leak');
  describeRows(environment, canary, [...commonRows(canary), ...realRows(canary)], [WIDGETS]);
}

function describeRows(
  environment: () => RunningGateway,
  canary: Canary,
  rows: readonly LeakRow[],
  kinds: readonly object[] = [],
): void {
  describe('the leak table', () => {
    const undo: Array<() => Promise<unknown>> = [];

    beforeAll(async () => {
      const { directly, writePolicy, kubectl: through } = environment();
      const plant = async (objects: readonly object[]): Promise<void> => {
        if (objects.length === 0) return;
        const { stderr } = await directly(['create', '--validate=false', '-f', '-'], {
          input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
        });
        expect(stderr).toBe('');
      };
      await plant([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: { leaks: 'yes' } } }]);
      if (kinds.length > 0) {
        await plant(kinds);
        await directly(['wait', '--for=condition=Established', 'crd/widgets.leaks.example.com', '--timeout=30s']);
      }
      await plant(rows.flatMap(({ objects }) => objects));
      for (const [index, { policy }] of rows.entries()) {
        if (policy !== undefined) undo.push(await writePolicy(`leaks-${index}.yaml`, policy));
      }
      // What the gateway has seen in a Secret it finds elsewhere.
      await through(['-n', NAMESPACE, 'get', 'secret', 'leaks-opaque', '-o', 'yaml']);
    });
    afterAll(async () => {
      const { directly } = environment();
      for (const step of undo) await step();
      const finalizers = ['patch', 'secret', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'];
      for (const row of rows) {
        for (const object of row.objects as ReadonlyArray<{ kind: string; metadata: { name: string } }>) {
          if (object.kind === 'Secret') await directly(['-n', NAMESPACE, ...finalizers, object.metadata.name]);
          else if (/^(?:StorageClass|PersistentVolume|Validating)/.test(object.kind)) {
            await directly(['delete', object.kind, object.metadata.name, '--wait=false']);
          }
        }
      }
      if (kinds.length > 0) await directly(['delete', 'crd', 'widgets.leaks.example.com', '--wait=false']);
      await directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    for (const { name, roads } of rows) {
      describe(name, () => {
        it.each(roads.map((road) => [road.name, road] as const))('%s', async (_name, { take, shows, showsReal }) => {
          const taken = await take(environment());
          if (shows !== undefined) expect(taken).toMatch(shows);
          if (showsReal !== undefined && environment().cluster.name === 'real') expect(taken).toMatch(showsReal);
          expect(leaked(taken, [canary])).toEqual([]);
        });
      });
    }

    it('nothing of it is in the journal, the log, a recording or an approval', async () => {
      const { everythingWritten, gateway } = environment();
      expect(leaked(await everythingWritten(), [canary])).toEqual([]);
      expect(leaked(JSON.stringify(gateway.approvals()), [canary])).toEqual([]);
    });
  });
}
