import { describe, expect, test } from 'vitest';
import { authorityUnderTest, intent } from './intents.ts';

test('two approvals of one request at once are one: one record, one grant, one use', async () => {
  const { hold, vote, write, states } = authorityUnderTest();
  await hold(intent(), 0);
  let journalGoesOn = (): void => undefined;
  write.mockImplementationOnce(
    () =>
      new Promise<void>((resolve) => {
        journalGoesOn = resolve;
      }),
  );
  const first = vote('approve');
  await expect(vote('approve')).rejects.toMatchObject({
    code: 'not-pending',
    message: expect.stringMatching(/is being approved already/),
  });
  journalGoesOn();
  expect(await first).toMatchObject({ state: 'APPROVED', grant: { state: 'ACTIVE' } });
  await expect(vote('approve')).rejects.toMatchObject({ code: 'not-pending' });
  expect(await hold(intent(), 0)).toMatchObject({ outcome: 'granted' });
  expect(await hold(intent(), 0)).toMatchObject({ outcome: 'pending' });
  // The approval itself went to the double that held it up.
  expect(states()).toEqual(['PENDING', 'GRANT_CONSUMED', 'PENDING']);
});

describe('a denial answers nobody but whom it was given to', () => {
  const { principal } = intent();
  const exec = { resource: 'pods', subresource: 'exec', name: 'web-0', kubectlSession: 'session-1' };

  test.each([
    ['the identical request', {}],
    ['the fallback of a stream', { digest: 'b'.repeat(64), request: exec }],
  ])('%s of another person, or to another cluster, is asked about', async (_, next) => {
    const { hold, vote } = authorityUnderTest();
    const request = 'request' in next ? exec : {};
    await hold(intent({ request }), 0);
    await vote('deny');
    expect(await hold(intent({ request, ...next }), 0)).toMatchObject({ outcome: 'denied' });
    for (const other of [{ principal: { ...principal, user: 'local:eve' } }, { cluster: 'test' }]) {
      expect(await hold(intent({ request, ...next, ...other }), 0)).toMatchObject({ outcome: 'pending' });
    }
  });
});
