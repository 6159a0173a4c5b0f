import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmPath, run } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** helm through the gateway: its release storage cannot be masked yet, and must not be taken for empty. */
export function describeHelm(environment: () => RunningGateway): void {
  describe('helm', () => {
    const namespace = 'gatehouse-helm';
    let chart = '';

    const directly = (args: readonly string[]) => {
      const { cluster } = environment();
      return run(helmPath, ['--kube-context', cluster.context, '-n', namespace, ...args], {
        kubeconfig: cluster.kubeconfig,
      });
    };

    beforeAll(async () => {
      chart = await mkdtemp(join(tmpdir(), 'gatehouse-chart-'));
      await mkdir(join(chart, 'templates'));
      await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n');
      const template =
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {size: "{{ .Values.size }}"}\n';
      await writeFile(join(chart, 'templates', 'settings.yaml'), template);
      await writeFile(join(chart, 'values.yaml'), 'size: small\n');
      await environment().directly(['create', 'namespace', namespace]);
      const installed = await directly(['install', 'tiny', chart]);
      expect(installed.stderr).not.toMatch(/Error/);
      expect(installed.code).toBe(0);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    it.each([
      ['list', ['list']],
      ['history', ['history', 'tiny']],
      ['get values', ['get', 'values', 'tiny']],
      ['upgrade --install', ['upgrade', '--install', 'tiny']],
      ['uninstall', ['uninstall', 'tiny']],
    ])('case 38: %s says that releases cannot be masked, instead of finding none', async (_name, args) => {
      const more = args[0] === 'upgrade' ? [chart] : [];
      const { stdout, stderr, code } = await environment().helm(['-n', namespace, ...args, ...more]);
      expect(code, stdout).not.toBe(0);
      expect(stderr).toMatch(/helm releases cannot be masked yet/);
    });

    it('the release is still what it was', async () => {
      const { stdout, code } = await directly(['get', 'values', 'tiny', '--all']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/size: small/);
    });

    it('an ordinary list of Secrets still works, with the release’s value masked', async () => {
      const { stdout, code, stderr } = await environment().kubectl(['-n', namespace, 'get', 'secrets', '-o', 'yaml']);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/helm\.sh\/release\.v1/);
      expect(stdout).not.toMatch(/H4sI|SDRzS/);
    });

    it('helm template, which reads nothing, works as ever', async () => {
      const { stdout, code } = await environment().helm(['template', 'tiny', chart]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/size: "?small"?/);
    });
  });
}
