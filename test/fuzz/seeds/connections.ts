const BODY = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"c"},"data":{"k":"v"}}';

/** What a client writes on one connection. `{host}` and `{cluster}` are filled in. */
export const CONNECTIONS: readonly string[] = [
  'GET {cluster}/api/v1/namespaces/foo/pods HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n',
  'GET {cluster}/api/v1/namespaces/foo/secrets?limit=5 HTTP/1.1\r\nHost: {host}\r\nAccept: application/json;as=Table;v=v1;g=meta.k8s.io\r\n\r\n',
  `POST {cluster}/api/v1/namespaces/foo/configmaps HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  `PUT {cluster}/api/v1/namespaces/foo/configmaps/c HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`,
  'GET {cluster}/api HTTP/1.1\r\nHost: {host}\r\n\r\nGET {cluster}/apis HTTP/1.1\r\nHost: {host}\r\n\r\n',
  'GET {cluster}/api/v1/namespaces/foo/pods/p/exec?command=sh HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n',
  'POST {cluster}/api/v1/namespaces/foo/pods/p/exec?command=sh HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n\r\n\x80\x03\x00\x01',
  'PATCH {cluster}/api/v1/namespaces/foo/configmaps/c HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/merge-patch+json\r\nContent-Length: 20\r\nExpect: 100-continue\r\n\r\n{"data":{"k":"v2"}}\n',
  'DELETE {cluster}/api/v1/namespaces/foo/configmaps/c HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  'POST /_gatehouse/v1/reveal HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
];
