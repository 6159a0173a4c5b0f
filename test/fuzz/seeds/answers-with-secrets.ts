const value = (text: string): string => Buffer.from(text).toString('base64');

const applied = JSON.stringify(
  `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's1' }, stringData: { password: 'canary-applied' } })}\n`,
);

const secret = (name: string): string =>
  `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"${name}","namespace":"foo","uid":"u","annotations":{"kubectl.kubernetes.io/last-applied-configuration":${applied}},"managedFields":[{"manager":"kubectl","fieldsV1":{"f:data":{"f:password":{}}}}]},"data":{"password":"${value('canary-one')}","ca.crt":"${value('public')}"},"type":"Opaque"}`;

const row = (name: string): string => `{"cells":["${name}","Opaque",2,"5d"],"object":${secret(name)}}`;

/** Answers of an API server to requests for Secrets. */
export const ANSWERS_WITH_SECRETS: readonly string[] = [
  secret('s1'),
  `{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"12"},"items":[${secret('a').replace('"kind":"Secret","apiVersion":"v1",', '')},${secret('b')}]}`,
  `{"kind":"Table","apiVersion":"meta.k8s.io/v1","columnDefinitions":[{"name":"Name","type":"string"}],"rows":[${row('a')},${row('b')}]}`,
  `{\n  "data": {\n    "tls.key": "${value('canary-two')}",\n    "empty": "",\n    "null": null\n  },\n  "stringData": {"x": "canary \\"three\\" \\u0041"},\n  "kind": "Secret",\n  "metadata": {"name": "late"}\n}\n`,
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"s1","annotations":{"kubectl.kubernetes.io/last-applied-configuration":${applied}}}}`,
  `{"kind":"Secret","data":{".dockerconfigjson":"${value('{"auths":{"r":{"auth":"Y2FuYXJ5","password":"canary-four"}}}')}"},"type":"kubernetes.io/dockerconfigjson","metadata":{"name":"r"}}`,
];
