import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { base64, SECRET, storedValues } from './fixture.ts';
import { command, named, result, type Step } from './step.ts';
import { edit, readThenWrite } from './writing.ts';

const BYTES = { why: 'masks: the byte counts are those of masks', says: /\d+ bytes/ };
const NOISE = {
  why: 'masks: kubectl compares the masks with your values, so an unchanged Secret is "configured"',
  says: /configured/,
};

/** Secrets, and every way in which clients write back what they read (the masks must not arrive). */
export const SECRETS: readonly Step[] = [
  command('get secret db -o yaml'),
  command('get secret db -o json'),
  command('get secret db -o jsonpath={.data.password}'),
  { ...command('describe secret db'), differs: BYTES },
  command('label secret db tier=data'),
  command('annotate secret db note=x'),
  { name: 'edit secret: a label', run: (place) => edit(place, 'secret db', 's/tier: data/tier: edited/') },
  {
    name: 'edit secret: one key',
    run: (place) => edit(place, 'secret db', `s/^  other: .*/  other: ${base64('changed-by-hand-77')}/`),
  },
  stored('db', 'after edit'),
  {
    name: 'get secret | replace -f -',
    run: (place) => readThenWrite(place, ['get', 'secret', 'db', '-o', 'yaml'], ['replace', '-f', '-']),
  },
  stored('db', 'after replace'),
  {
    name: 'get secret | create as another',
    run: (place) =>
      readThenWrite(place, ['get', 'secret', 'db', '-o', 'yaml'], ['create', '-f', '-'], (text) =>
        text.replace(/^ {2}name: db$/m, '  name: copy').replace(/^ {2}(?:uid|resourceVersion): .*\n/gm, ''),
      ),
    differs: { why: 'masks: a mask is good only where it came from', says: /masked|mask/ },
  },
  named('apply -f secret (new)', command('apply -f -', { input: SECRET })),
  { ...named('apply -f secret (same)', command('apply -f -', { input: SECRET })), differs: NOISE },
  {
    ...named('diff -f secret (same)', command('diff -f -', { input: SECRET })),
    differs: { why: 'masks: kubectl diff shows masks of its own on both sides', says: /\*\*\*|masked/ },
  },
  command('get secret applied -o yaml'),
  stored('applied', 'after apply'),
  named('apply --server-side secret', command('apply --server-side --force-conflicts -f -', { input: SECRET })),
  named('apply --server-side secret again', command('apply --server-side --force-conflicts -f -', { input: SECRET })),
  stored('applied', 'after --server-side'),
  {
    name: 'apply set-last-applied',
    run: async (place) => {
      const file = join(place.folder, 'secret.json');
      await writeFile(file, SECRET);
      return place.inNamespace(['apply', 'set-last-applied', '--create-annotation', '-f', file]);
    },
    differs: NOISE,
  },
  {
    name: 'apply view-last-applied',
    run: (place) => place.inNamespace(['apply', 'view-last-applied', 'secret', 'applied']),
  },
  command('create secret generic made --from-literal=password=hunter2-correct-horse'),
  named(
    'create secret --dry-run=server -o yaml',
    command('create secret generic dry --from-literal=password=hunter2-correct-horse --dry-run=server -o yaml'),
  ),
  stored('made', 'after create'),
  {
    name: 'saved file keeps no value',
    run: async (place) => {
      const { stdout } = await place.inNamespace(['get', 'secrets', '-o', 'yaml']);
      const file = join(place.folder, 'saved.yaml');
      await writeFile(file, stdout);
      const text = await readFile(file, 'utf8');
      const leaks = /hunter2|aHVudGVy|battery|YmF0dGVy/.test(text);
      return result(0, place.side === 'gateway' && leaks ? 'a value in clear' : 'no value in clear');
    },
  },
  command('delete secret made applied'),
];

/** The values that are stored, looked at past the gateway. */
function stored(secret: string, after: string): Step {
  return {
    name: `stored in ${secret} ${after}`,
    run: async (place) => result(0, await storedValues(place, secret)),
  };
}
