import { expect, test } from 'vitest';
import { setUp } from '../bridge/call-doubles.ts';

const from = { sender: {} } as never;

test.each([
  ['policy', '/app/policy'],
  ['data', '/app/data'],
  ['recordings', '/app/recs'],
  ['kubeconfigs', '/app/kc'],
  ['logs', '/app/logs'],
] as const)('the folder %s is opened where it lies', async (folder, path) => {
  const { handlers, steps } = setUp();
  await handlers['app.openFolder'](folder, from);
  expect(steps).toEqual([['openPath', path]]);
});

test('licences that the system cannot open are a problem that names their file', async () => {
  const { handlers, world } = setUp();
  world.pathProblem = 'no such file';
  await expect(handlers['app.openLicences'](undefined, from)).rejects.toMatchObject({
    code: 'licences-not-opened',
    message: '/app/licences.txt: no such file',
  });
});

test('a folder that the system cannot open is a problem in its words', async () => {
  const { handlers, world } = setUp();
  world.pathProblem = 'no application for folders';
  await expect(handlers['app.openFolder']('logs', from)).rejects.toMatchObject({
    code: 'folder-not-opened',
    message: 'no application for folders',
  });
});
