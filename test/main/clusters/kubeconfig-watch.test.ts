import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KubeconfigWatch } from '../../../main/clusters/kubeconfig-watch.ts';

let home: string;
let watching: KubeconfigWatch;
let changes: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gatehouse-watch-'));
  changes = 0;
});
afterEach(() => {
  watching.stop();
  rmSync(home, { recursive: true, force: true });
});

function follow(...files: string[]): void {
  watching = new KubeconfigWatch(
    () => files,
    () => {
      changes += 1;
    },
  );
  watching.start();
}
/** By an event, and so well before the next of the regular looks. */
const told = (count: number) => vi.waitFor(() => expect(changes).toBe(count), { timeout: 4_500, interval: 20 });

test.each<[string, (file: string) => void]>([
  ['written in place', (file) => writeFileSync(file, 'second')],
  [
    'replaced by another file',
    (file) => {
      writeFileSync(`${file}.lock`, 'second');
      renameSync(`${file}.lock`, file);
    },
  ],
  ['removed', (file) => unlinkSync(file)],
])('a kubeconfig that was %s is told, once', async (_what, act) => {
  const file = join(home, 'config');
  writeFileSync(file, 'first one');
  follow(file);
  act(file);
  await told(1);
});

test('one that did not exist is told when it comes, also in a folder that did not exist', async () => {
  const file = join(home, '.kube', 'clusters', 'config');
  follow(file);
  mkdirSync(join(home, '.kube', 'clusters'), { recursive: true });
  writeFileSync(file, 'first');
  await told(1);
  writeFileSync(file, 'second one');
  await told(2);
});

test('one that is a link is told when its target changes, and when it leads elsewhere', async () => {
  for (const name of ['here', 'there']) {
    mkdirSync(join(home, name));
    writeFileSync(join(home, name, 'config'), `of ${name}`);
  }
  const file = join(home, 'config');
  symlinkSync(join('here', 'config'), file);
  follow(file);
  writeFileSync(join(home, 'here', 'config'), 'changed here');
  await told(1);
  symlinkSync(join('there', 'config'), `${file}.new`);
  renameSync(`${file}.new`, file);
  await told(2);
  writeFileSync(join(home, 'there', 'config'), 'changed there');
  await told(3);
});

test('a folder that is removed and comes back is followed as before', async () => {
  const file = join(home, '.kube', 'config');
  mkdirSync(join(home, '.kube'));
  writeFileSync(file, 'first');
  follow(file);
  rmSync(join(home, '.kube'), { recursive: true });
  await told(1);
  mkdirSync(join(home, '.kube'));
  writeFileSync(file, 'second');
  await told(2);
});

test('what else happens in the folder is told to nobody, nor that a file was only read', async () => {
  const file = join(home, 'config');
  writeFileSync(file, 'first');
  follow(file);
  writeFileSync(join(home, 'other'), 'x');
  writeFileSync(file, 'second');
  await told(1);
});
