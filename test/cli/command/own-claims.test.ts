import { expect, it } from 'vitest';
import { ownClaims } from '../../../cli/command/own-claims.ts';

it.each<[NodeJS.ProcessEnv, object]>([
  [{}, {}],
  [
    { SUDO_USER: 'alice', SUDO_UID: '1001' },
    { sudoUser: 'alice', sudoUid: 1001 },
  ],
  [{ SUDO_USER: '', SUDO_UID: '' }, {}],
  [{ SUDO_USER: 'a'.repeat(1_000), SUDO_UID: '-1' }, { sudoUser: 'a'.repeat(256) }],
  [{ SUDO_UID: '99999999999' }, {}],
  [{ SUDO_UID: '1e3' }, {}],
])('of %j a process says %j of itself, beside its number and its login', async (environment, says) => {
  const { pid, loginUid, ...rest } = await ownClaims(environment);
  expect(pid).toBe(process.pid);
  // Unset in containers and daemons; never the number that says so.
  expect(loginUid ?? 0).toBeLessThan(0xffff_ffff);
  expect(rest).toEqual(says);
});
