import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { RunningCommand } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { lastDecided } from './nothing-reached.ts';

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made-raw', namespace: 'default' } };
const MAPS = '/api/v1/namespaces/default/configmaps';

/** Tools that leave out the path of their server come to the cluster that their certificate is for. */
export function describeClusterCertificates(environment: () => RunningGateway): void {
  describe('tools that drop the path of their server', () => {
    let proxy: RunningCommand;
    let origin: string;

    beforeAll(async () => {
      proxy = environment().startKubectl(['proxy', '--port=0', '--reject-paths=^/nothing$']);
      const said = await proxy.saw(/127\.0\.0\.1:\d+/);
      origin = `http://${said}`;
    });
    afterAll(async () => {
      proxy.stop();
      await proxy.done;
      await environment().kubectl(['-n', 'default', 'delete', 'configmap', 'made-raw', '--ignore-not-found']);
    });

    interface Answered {
      readonly status: number;
      readonly body: string;
    }

    function throughProxy(method: string, path: string, body?: object, more = {}): Promise<Answered> {
      return new Promise((resolve, reject) => {
        const headers = body === undefined ? more : { 'Content-Type': 'application/json' };
        const outgoing = request(`${origin}${path}`, { method, headers }, (answer) => {
          text(answer).then((received) => resolve({ status: answer.statusCode ?? 0, body: received }), reject);
        });
        outgoing.once('error', reject);
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      });
    }

    it('case 15: kubectl create --raw and get --raw reach the cluster, and are judged like any request', async () => {
      const { kubectl, slug } = environment();
      const made = await kubectl(['create', '--raw', MAPS, '-f', '-'], { input: JSON.stringify(MAP) });
      expect(made, made.stderr).toMatchObject({ code: 0 });
      expect(await lastDecided(environment())).toMatchObject({ cluster: slug, request: { verb: 'create' } });
      const got = await kubectl(['get', '--raw', `${MAPS}/made-raw`]);
      expect(JSON.parse(got.stdout)).toMatchObject({ metadata: { name: 'made-raw' } });
      const deleted = await kubectl(['delete', '--raw', `${MAPS}/made-raw`]);
      expect(deleted, deleted.stderr).toMatchObject({ code: 0 });
    });

    it('case 15: through kubectl proxy, lists, writes and watches reach the cluster', async () => {
      const { slug } = environment();
      expect((await throughProxy('GET', '/version')).status).toBe(200);
      expect(JSON.parse((await throughProxy('GET', '/api/v1/namespaces')).body)).toMatchObject({
        kind: 'NamespaceList',
      });
      expect((await throughProxy('POST', MAPS, MAP)).status).toBe(201);
      expect((await lastDecided(environment())).cluster).toBe(slug);
      const watched = await throughProxy(
        'GET',
        `${MAPS}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dmade-raw`,
      );
      expect(watched.body).toMatch(/"type":"ADDED"/);
      expect((await throughProxy('DELETE', `${MAPS}/made-raw`)).status).toBe(200);
    });

    it('case 15: through kubectl proxy, Secrets are masked and the gateway’s own paths are closed', async () => {
      const name = 'seen-by-proxy';
      const value = Buffer.from('canary-of-the-proxy').toString('base64');
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { key: value } };
      await environment().directly(['-n', 'default', 'apply', '-f', '-'], { input: stringify(secret) });
      try {
        const { status, body } = await throughProxy('GET', `/api/v1/namespaces/default/secrets/${name}`);
        expect(status).toBe(200);
        expect(body).not.toContain(value);
      } finally {
        await environment().directly(['-n', 'default', 'delete', 'secret', name]);
      }
      for (const path of ['/_gatehouse', '/_gatehouse/v1/clusters', '/c/']) {
        expect(await throughProxy('GET', path)).toMatchObject({
          status: 404,
          body: expect.stringContaining('unknown-cluster'),
        });
      }
      expect((await throughProxy('GET', '/c/elsewhere/api')).status).toBe(403);
    });

    it('case 15: an upgrade through kubectl proxy reaches the cluster', async () => {
      const { slug } = environment();
      const path = '/api/v1/namespaces/default/pods/absent/exec?command=ls&stdout=1';
      const upgrade = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol': 'v5.channel.k8s.io',
      };
      const { status, body } = await throughProxy('GET', path, undefined, upgrade);
      expect([status, body]).toEqual([404, expect.stringContaining('pods \\"absent\\" not found')]);
      expect(await lastDecided(environment())).toMatchObject({ cluster: slug, request: { subresource: 'exec' } });
    });
  });
}
