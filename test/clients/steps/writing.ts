import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../place.ts';
import { configMap } from './fixture.ts';
import { command, named, type Step } from './step.ts';

/** Runs kubectl edit with an editor that is a sed script. */
export async function edit(place: Place, object: string, script: string) {
  const editor = join(place.folder, 'editor.sh');
  await writeFile(editor, `#!/bin/sh\nexec sed -i '${script}' "$1"\n`, { mode: 0o755 });
  return place.inNamespace(['edit', ...object.split(' ')], { environment: { KUBE_EDITOR: editor } });
}

/** A command on what another one printed. */
export async function readThenWrite(
  place: Place,
  read: readonly string[],
  write: readonly string[],
  change: (text: string) => string = (text) => text,
) {
  const object = await place.inNamespace(read);
  if (object.code !== 0) return object;
  return place.inNamespace(write, { input: change(object.stdout) });
}

/** Changing things. */
export const WRITING: readonly Step[] = [
  command('create configmap made --from-literal=a=b'),
  named('create a second time', command('create configmap made --from-literal=a=b', { fails: true })),
  command('create deployment other --image=registry.example/other:1 --dry-run=server -o yaml'),
  named('apply -f - (new)', command('apply -f -', { input: configMap('one') })),
  named('apply -f - (changed)', command('apply -f -', { input: configMap('two') })),
  named('apply -f - (same)', command('apply -f -', { input: configMap('two') })),
  named('diff -f -', command('diff -f -', { input: configMap('three'), fails: true, codeOnly: true })),
  named(
    'apply --server-side (taking over)',
    command('apply --server-side --force-conflicts -f -', { input: configMap('three') }),
  ),
  named('apply --server-side (again)', command('apply --server-side -f -', { input: configMap('four') })),
  command(`patch configmap made -p '{"data":{"a":"c"}}'`),
  command(`patch configmap made --type=merge -p '{"data":{"d":"e"}}'`),
  command(`patch configmap made --type=json -p '[{"op":"add","path":"/data/f","value":"g"}]'`),
  command('label configmap made tier=web'),
  command('annotate configmap made note=x'),
  named('edit configmap', {
    name: '',
    run: (place) => edit(place, 'configmap made', 's/tier: web/tier: edited/'),
  }),
  {
    name: 'get -o yaml | replace -f -',
    run: (place) =>
      readThenWrite(place, ['get', 'configmap', 'made', '-o', 'yaml'], ['replace', '-f', '-'], (text) =>
        text.replace('a: c', 'a: replaced'),
      ),
  },
  command('get configmap made -o yaml'),
  command('delete configmap made'),
  named('delete again', command('delete configmap made', { fails: true })),
  command('create namespace default', { fails: true }),
];
