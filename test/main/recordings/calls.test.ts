import { describe, expect, test } from 'vitest';
import { caller, setUp } from '../bridge/call-doubles.ts';

describe("a player's window", () => {
  test.each(['recordings.read', 'recordings.export'] as const)('gets its own by %s and no other', async (name) => {
    const { handlers, steps, world } = setUp();
    world.ownRecording = 'r-1';
    await expect(handlers[name]('r-2', caller)).rejects.toMatchObject({ code: 'sender-refused' });
    expect(steps).toEqual([['recordings.requireOwn', 'r-2', caller.sender]]);
    await handlers[name]('r-1', caller);
    expect(steps.at(-1)?.slice(0, 2)).toEqual([name, 'r-1']);
  });
});
