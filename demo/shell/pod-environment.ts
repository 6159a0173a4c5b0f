import { type JsonObject, nameOf, namespaceOf, objectAt, objectsAt, textAt, textMapAt } from '../store/json.ts';

/** Where the Secrets and ConfigMaps are found that a pod refers to: the demo's store, or what a real cluster gave. */
export interface ObjectLookup {
  find(kind: string, namespace: string, name: string): JsonObject | undefined;
}

function decodedData(object: JsonObject | undefined): Record<string, string> {
  const isSecret = object?.['kind'] === 'Secret';
  return Object.fromEntries(
    Object.entries(textMapAt(object, 'data')).map(([key, value]) => [
      key,
      isSecret ? Buffer.from(value, 'base64').toString('utf8') : value,
    ]),
  );
}

function variableValue(objects: ObjectLookup, pod: JsonObject, variable: JsonObject): string {
  const secret = objectAt(variable, 'valueFrom', 'secretKeyRef');
  const map = objectAt(variable, 'valueFrom', 'configMapKeyRef');
  const namespace = namespaceOf(pod);
  if (textAt(secret, 'name')) {
    return decodedData(objects.find('Secret', namespace, textAt(secret, 'name')))[textAt(secret, 'key')] ?? '';
  }
  if (textAt(map, 'name')) {
    return decodedData(objects.find('ConfigMap', namespace, textAt(map, 'name')))[textAt(map, 'key')] ?? '';
  }
  const field = textAt(variable, 'valueFrom', 'fieldRef', 'fieldPath');
  return field ? textAt(pod, ...field.split('.')) : textAt(variable, 'value');
}

/** The environment variables of a container, Secrets resolved as the kubelet would. */
export function containerVariables(
  objects: ObjectLookup,
  pod: JsonObject,
  container: JsonObject,
): Record<string, string> {
  const variables: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: nameOf(pod),
    HOME: '/root',
    KUBERNETES_SERVICE_HOST: '10.96.0.1',
    KUBERNETES_SERVICE_PORT: '443',
  };
  for (const source of objectsAt(container, 'envFrom')) {
    for (const [kind, field] of [
      ['ConfigMap', 'configMapRef'],
      ['Secret', 'secretRef'],
    ] as const) {
      const name = textAt(source, field, 'name');
      if (name) Object.assign(variables, decodedData(objects.find(kind, namespaceOf(pod), name)));
    }
  }
  for (const variable of objectsAt(container, 'env')) {
    variables[textAt(variable, 'name')] = variableValue(objects, pod, variable);
  }
  return variables;
}

function projectedFiles(objects: ObjectLookup, pod: JsonObject, volume: JsonObject): Record<string, string> {
  const files: Record<string, string> = {};
  for (const source of objectsAt(volume, 'projected', 'sources')) {
    const account = textAt(pod, 'spec', 'serviceAccountName');
    if (source['serviceAccountToken']) {
      files['token'] = `demo-token-of-${namespaceOf(pod)}-${account}-that-opens-nothing`;
    }
    const map = textAt(source, 'configMap', 'name');
    if (map) Object.assign(files, decodedData(objects.find('ConfigMap', namespaceOf(pod), map)));
    for (const item of objectsAt(source, 'downwardAPI', 'items')) {
      files[textAt(item, 'path')] = textAt(pod, ...textAt(item, 'fieldRef', 'fieldPath').split('.'));
    }
  }
  return files;
}

function volumeFiles(objects: ObjectLookup, pod: JsonObject, volume: JsonObject): Record<string, string> {
  const namespace = namespaceOf(pod);
  const secret = textAt(volume, 'secret', 'secretName');
  if (secret) return decodedData(objects.find('Secret', namespace, secret));
  const map = textAt(volume, 'configMap', 'name');
  if (map) return decodedData(objects.find('ConfigMap', namespace, map));
  return projectedFiles(objects, pod, volume);
}

/** The files that a container sees at first: a small root and its mounted Secrets and ConfigMaps. */
export function containerFiles(objects: ObjectLookup, pod: JsonObject, container: JsonObject): Map<string, string> {
  const name = nameOf(pod);
  const address = textAt(pod, 'status', 'podIP');
  const files = new Map<string, string>([
    ['/etc/hostname', `${name}\n`],
    ['/etc/hosts', `127.0.0.1\tlocalhost\n${address}\t${name}\n`],
    [
      '/etc/os-release',
      'NAME="Gatehouse demo"\nID=gatehouse-demo\nPRETTY_NAME="Gatehouse demo container (imaginary)"\n',
    ],
    ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n'],
    ['/etc/resolv.conf', `search ${namespaceOf(pod)}.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\n`],
    ['/app/README', `${textAt(container, 'image')}: a container of the Gatehouse demo cluster. Nothing runs here.\n`],
    ['/tmp/.keep', ''],
    ['/root/.profile', ''],
  ]);
  for (const mount of objectsAt(container, 'volumeMounts')) {
    const volume = objectsAt(pod, 'spec', 'volumes').find((each) => each['name'] === mount['name']);
    if (!volume) continue;
    const path = textAt(mount, 'mountPath').replace(/\/$/, '');
    for (const [file, content] of Object.entries(volumeFiles(objects, pod, volume)))
      files.set(`${path}/${file}`, content);
  }
  return files;
}
