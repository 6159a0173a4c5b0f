import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Plain kubectl, once directly and once through the gateway: the same output, the same exit status. */
export function describeEverydayWork(environment: () => RunningGateway): void {
  describe('everyday work, compared with direct', () => {
    const namespace = 'gatehouse-everyday';

    const configMap = (value: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace },
        data: { value, big: '9007199254740993' },
      });
    const deployment = JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace, labels: { app: 'web' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] },
        },
      },
    });

    beforeAll(async () => {
      const { directly, cluster } = environment();
      await directly(['create', 'namespace', namespace]);
      await directly(['apply', '-f', '-'], { input: configMap('one') });
      await directly(['apply', '-f', '-'], { input: deployment });
      if (cluster.runsPods) await directly(['-n', namespace, 'rollout', 'status', 'deployment/web']);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    /** Ages and the gateway's own warnings differ from run to run. */
    const comparable = (text: string): string =>
      text.replace(/\b\d+(m\d+)?[smh]\b/g, 'AGE').replace(/^Warning: .*\n/gm, '');

    it.each([
      [['get', 'configmaps', '-n', namespace]],
      [['get', 'configmap', 'settings', '-n', namespace, '-o', 'yaml']],
      [['get', 'configmap', 'settings', '-n', namespace, '-o', 'json']],
      [['get', 'deployments,configmaps', '-n', namespace, '--show-labels']],
      [['get', 'deployments', '-n', namespace, '-o', 'wide', '--sort-by=.metadata.name']],
      [['get', 'deploy', 'web', '-n', namespace, '-o', 'jsonpath={.spec.replicas}']],
      [['describe', 'configmap', 'settings', '-n', namespace]],
      [['get', 'configmap', 'absent', '-n', namespace]],
      [['get', 'nonsense']],
      [['api-resources', '--api-group=apps']],
      [['version', '-o', 'json']],
      [['auth', 'can-i', 'get', 'pods']],
      [['get', '--raw', '/version']],
      [['get', '--raw', '/healthz']],
      [['get', 'namespaces', namespace, '-o', 'name']],
      [['explain', 'configmap.data']],
    ])('kubectl %j', async (args) => {
      const { kubectl, directly } = environment();
      const direct = await directly(args);
      const through = await kubectl(args);
      expect(through.code).toBe(direct.code);
      expect(comparable(through.stdout)).toBe(comparable(direct.stdout));
      expect(comparable(through.stderr)).toBe(comparable(direct.stderr));
    });

    it.each([
      ['create', ['create', 'configmap', 'made', `--from-literal=a=b`], /configmap\/made created/],
      ['create a second time', ['create', 'configmap', 'made', `--from-literal=a=b`], /already exists/],
      ['label', ['label', 'configmap', 'made', 'tier=web'], /labeled/],
      ['annotate', ['annotate', 'configmap', 'made', 'note=x'], /annotated/],
      ['merge patch', ['patch', 'configmap', 'made', '--type=merge', '-p', '{"data":{"a":"c"}}'], /patched/],
      [
        'JSON patch',
        ['patch', 'configmap', 'made', '--type=json', '-p', '[{"op":"add","path":"/data/d","value":"e"}]'],
        /patched/,
      ],
      ['scale', ['scale', 'deployment', 'web', '--replicas=2'], /scaled/],
      ['set image', ['set', 'image', 'deployment/web', 'web=registry.example/web:2'], /image updated/],
      ['delete', ['delete', 'configmap', 'made'], /deleted/],
      ['delete again', ['delete', 'configmap', 'made'], /not found/],
    ])('write: %s', async (_name, args, expected) => {
      const { stdout, stderr } = await environment().kubectl(['-n', namespace, ...args]);
      expect(stdout + stderr).toMatch(expected);
    });

    it('client-side apply finds its own last-applied configuration', async () => {
      const { kubectl } = environment();
      expect((await kubectl(['apply', '-f', '-'], { input: configMap('two') })).stdout).toMatch(/configured/);
      expect((await kubectl(['apply', '-f', '-'], { input: configMap('two') })).stdout).toMatch(/unchanged/);
    });

    it('diff shows what would change', async () => {
      const { stdout, code } = await environment().kubectl(['diff', '-f', '-'], { input: configMap('three') });
      expect(code).toBe(1);
      expect(stdout).toMatch(/\+ {2}value: three/);
    });

    it('a watch delivers an event as it happens', async () => {
      const { startKubectl, directly } = environment();
      const watch = startKubectl(['-n', namespace, 'get', 'configmaps', '--watch', '-o', 'name']);
      try {
        await watch.saw(/configmap\/settings/);
        await directly(['-n', namespace, 'create', 'configmap', 'arrives']);
        await watch.saw(/configmap\/arrives/);
      } finally {
        watch.stop();
        await watch.done;
      }
    });

    it('numbers beyond 2^53 come through as they are', async () => {
      const { stdout } = await environment().kubectl([
        'get',
        'configmap',
        'settings',
        '-n',
        namespace,
        '-o',
        'jsonpath={.data.big}',
      ]);
      expect(stdout).toBe('9007199254740993');
    });

    it('case 39: an RBAC write waits for a person, who is shown what it grants', async () => {
      const { gateway, startKubectl, decideNext } = environment();
      const seen: Array<string | null> = [];
      const stop = gateway.on('approval', ({ intent }) => seen.push(intent.bodyPreview));
      // kubectl sends what its `create` commands make as protobuf.
      const waiting = startKubectl(['-n', namespace, 'create', 'role', 'reader', '--verb=get', '--resource=pods']);
      await decideNext('deny', 'not today');
      expect((await waiting.done).stderr).toMatch(/not today/);
      stop();
      expect(JSON.parse(seen[0] ?? '')).toMatchObject({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'reader' },
        rules: [{ verbs: ['get'], resources: ['pods'] }],
      });
    });

    it('case 32: every deletecollection waits for a person', async () => {
      const { request, decideNext, directly } = environment();
      const waiting = request(
        'DELETE',
        `/api/v1/namespaces/${namespace}/configmaps`,
        { 'Content-Type': 'application/json' },
        '{}',
      );
      await decideNext('deny', 'all of them?');
      const answer = await waiting;
      expect(answer.status).toBe(403);
      expect(answer.body).toMatch(/all of them\?/);
      expect((await directly(['-n', namespace, 'get', 'configmap', 'settings'])).code).toBe(0);
    });
  });
}
