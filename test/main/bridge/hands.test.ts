import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { HandCall } from '../../../main/bridge/hand-question.ts';
import { Hands, type Watched } from '../../../main/bridge/hands.ts';

function setUp({ says = false as boolean | Promise<boolean> } = {}) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const hands = new Hands(
    async ({ message }) => {
      asked.push(message);
      return await says;
    },
    () => clock.now,
  );
  const contents = new EventEmitter();
  const window = contents as unknown as Watched;
  hands.watch(window);
  const input = (type: string) => contents.emit('input-event', {}, { type });
  const key = (modifiers: object) => contents.emit('before-input-event', {}, { type: 'keyDown', ...modifiers });
  /** Whether the call is made. */
  const call = (name: HandCall, run: () => unknown = () => undefined) =>
    hands.behind(window, name, run).then(
      () => true,
      (error: { code: string }) => error.code,
    );
  return { asked, clock, hands, window, input, key, call };
}

describe('case 62: a call that needs a hand', () => {
  test.each(['mouseDown', 'keyDown', 'rawKeyDown', 'touchStart', 'gestureTap'])('is made after %s', async (type) => {
    const { input, call, asked } = setUp();
    input(type);
    expect(await call('terminals.open')).toBe(true);
    expect(asked).toEqual([]);
  });

  test.each(['mouseMove', 'mouseEnter', 'mouseUp', 'mouseWheel', 'keyUp', 'char'])('is not after %s', async (type) => {
    const { input, call } = setUp();
    input(type);
    expect(await call('terminals.open')).toBe('gesture-required');
  });

  test('is made after a shortcut in a frame, and not after what is typed there', async () => {
    const { key, call } = setUp();
    key({ control: true, shift: false, meta: false });
    key({ control: false, shift: true, meta: false });
    expect(await call('terminals.open')).toBe('gesture-required');
    key({ control: true, shift: true, meta: false });
    expect(await call('terminals.open')).toBe(true);
    key({ control: false, shift: false, meta: true });
    expect(await call('terminals.open')).toBe(true);
  });

  test('is made once for each deed, and other calls beside it', async () => {
    const { input, call } = setUp();
    input('mouseDown');
    expect(await call('terminals.open')).toBe(true);
    expect(await call('terminals.open')).toBe('gesture-required');
    expect(await call('clusters.connect')).toBe(true);
    input('mouseDown');
    expect(await call('terminals.open')).toBe(true);
  });

  test('is not made five seconds later, but what follows from a slow answer is', async () => {
    const { input, call, clock } = setUp();
    input('mouseDown');
    clock.now = 5_001;
    expect(await call('clusters.connect')).toBe('gesture-required');
    input('mouseDown');
    await call('clusters.connect', () => {
      clock.now += 60_000;
    });
    expect(await call('terminals.open')).toBe(true);
    clock.now += 5_001;
    expect(await call('terminals.close')).toBe('gesture-required');
  });

  test('is made as what follows from a slow answer, whatever was clicked meanwhile', async () => {
    const { input, call, clock, asked } = setUp();
    input('mouseDown');
    await call('clusters.connect', () => {
      clock.now += 20_000;
      input('mouseDown');
      clock.now += 20_000;
    });
    expect(await call('terminals.open')).toBe(true);
    expect(asked).toEqual([]);
  });

  test('in one window is no hand in another', async () => {
    const { input, hands } = setUp();
    input('mouseDown');
    const other = new EventEmitter() as unknown as Watched;
    hands.watch(other);
    await expect(hands.behind(other, 'terminals.open', () => undefined)).rejects.toMatchObject({
      code: 'gesture-required',
    });
  });

  test('is made without a hand when the person says yes, asked one at a time', async () => {
    let answer: (yes: boolean) => void = () => undefined;
    const { call, asked } = setUp({ says: new Promise((resolve) => (answer = resolve)) });
    const first = call('terminals.open');
    expect(await call('terminals.close')).toBe('gesture-required');
    expect(asked).toEqual(['Open a terminal?']);
    answer(true);
    expect(await first).toBe(true);
    // What follows from that is of the same word.
    expect(await call('clusters.connect')).toBe(true);
  });

  test('is not asked about again after a no, until somebody does something', async () => {
    const { input, call, clock, asked, hands } = setUp();
    expect(await call('terminals.open')).toBe('gesture-required');
    clock.now = 60_000;
    expect(await call('terminals.open')).toBe('gesture-required');
    expect(await call('gateway.restart')).toBe('gesture-required');
    expect(await hands.confirm({ message: 'Run another shell?', detail: '', yes: 'Run' })).toBe(false);
    expect(asked).toEqual(['Open a terminal?']);
    input('keyDown');
    expect(await hands.confirm({ message: 'Run another shell?', detail: '', yes: 'Run' })).toBe(false);
    expect(asked).toEqual(['Open a terminal?', 'Run another shell?']);
  });

  test('and what else the page asks are one question at a time', async () => {
    let answer: (yes: boolean) => void = () => undefined;
    const { hands, asked } = setUp({ says: new Promise((resolve) => (answer = resolve)) });
    const questions = Array.from({ length: 100 }, (_, index) =>
      hands.confirm({ message: `Run shell ${index}?`, detail: '', yes: 'Run' }),
    );
    answer(true);
    expect((await Promise.all(questions)).filter((yes) => yes)).toHaveLength(1);
    expect(asked).toEqual(['Run shell 0?']);
  });

  test('that fails gives its own error', async () => {
    const { input, call } = setUp();
    input('mouseDown');
    const failing = () => Promise.reject(Object.assign(new Error('gone'), { code: 'cluster-unknown' }));
    expect(await call('clusters.connect', failing)).toBe('cluster-unknown');
  });
});
