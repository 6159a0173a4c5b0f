import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../place.ts';
import { named, type Step, split } from './step.ts';

const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {size: "{{ .Values.size }}"}
---
apiVersion: v1
kind: Secret
metadata: {name: "{{ .Release.Name }}-secret"}
stringData: {password: "{{ .Values.password }}"}
`;

/** The life of a release. */
export const HELM: readonly Step[] = [
  helm('template web CHART'),
  helm('install web CHART --set password=hunter2-correct-horse'),
  helm('list'),
  { ...helm('status web'), unordered: true },
  helm('get values web'),
  helm('get values web --all'),
  helm('get manifest web'),
  helm('upgrade web CHART --set size=large --reuse-values'),
  helm('history web'),
  helm('rollback web 1'),
  named('get values after rollback', helm('get values web')),
  helm('upgrade --install web CHART --set password=battery-staple-9000 --wait'),
  stored(),
  helm('uninstall web'),
  named('list after uninstall', helm('list')),
  { ...named('status of what is gone', helm('status web')), fails: true },
];

function helm(words: string): Step {
  return {
    name: words.replace(' CHART', ''),
    run: async (place) => {
      const chart = await chartIn(place);
      return place.inNamespace(split(words).map((word) => (word === 'CHART' ? chart : word)));
    },
  };
}

/** What the release made, looked at past the gateway. */
function stored(): Step {
  return {
    name: 'the Secret that the chart made',
    run: (place) =>
      place.truth(['-n', place.namespace, 'get', 'secret', 'web-secret', '-o', 'jsonpath={.data.password}']),
  };
}

async function chartIn(place: Place): Promise<string> {
  const chart = join(place.folder, 'chart');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n');
  await writeFile(join(chart, 'values.yaml'), 'size: small\npassword: none\n');
  await writeFile(join(chart, 'templates', 'objects.yaml'), TEMPLATE);
  return chart;
}
