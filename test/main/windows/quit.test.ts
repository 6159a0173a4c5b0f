import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { consequence, guardQuit, type QuitOptions } from '../../../main/windows/quit.ts';

test.each([
  [{ terminals: 0, waiting: 0 }, null],
  [{ terminals: 1, waiting: 0 }, '1 open terminal ends.'],
  [{ terminals: 0, waiting: 1 }, '1 waiting request is refused.'],
  [{ terminals: 3, waiting: 1 }, '3 open terminals end, and 1 waiting request is refused.'],
  [{ terminals: 0, waiting: 2 }, '2 waiting requests are refused.'],
])('quitting with %j says %s', (atStake, words) => {
  expect(consequence(atStake)).toBe(words);
});

function setUp(given: Partial<QuitOptions> = {}) {
  const steps: string[] = [];
  const app = new EventEmitter();
  const signals = new EventEmitter();
  // Electron's own way of answering a signal.
  signals.on('SIGTERM', () => steps.push('quits by asking'));
  guardQuit({
    app: Object.assign(app, { exit: (code?: number) => steps.push(`exit ${code}`) }) as unknown as QuitOptions['app'],
    confirm: async (words) => steps.push(words) > 0,
    atStake: async () => ({ terminals: 1, waiting: 0 }),
    shutDown: async () => void steps.push('shut down'),
    signals: signals as unknown as NonNullable<QuitOptions['signals']>,
    ...given,
  });
  /** @returns whether Electron was kept from quitting by itself. */
  const quit = async () => {
    let prevented = false;
    const preventDefault = () => {
      prevented = true;
    };
    app.emit('before-quit', { preventDefault });
    await settled();
    return prevented;
  };
  return { steps, quit, signals };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('quitting', () => {
  test('asks when something is at stake, then ends everything before the app', async () => {
    const { steps, quit } = setUp();
    expect(await quit()).toBe(true);
    expect(steps).toEqual(['1 open terminal ends.', 'shut down', 'exit 0']);
  });

  test('does not ask when nothing is', async () => {
    const { steps, quit } = setUp({ atStake: async () => ({ terminals: 0, waiting: 0 }) });
    await quit();
    expect(steps).toEqual(['shut down', 'exit 0']);
  });

  test('that was cancelled leaves all as it was, and may be asked for again', async () => {
    const answers = [false, true];
    const { steps, quit } = setUp({ confirm: async () => answers.shift() ?? false });
    expect(await quit()).toBe(true);
    expect(steps).toEqual([]);
    await quit();
    expect(steps).toEqual(['shut down', 'exit 0']);
  });

  test('is asked once while the question stands', async () => {
    let asked = 0;
    const { quit } = setUp({
      confirm: () => {
        asked += 1;
        return new Promise(() => {});
      },
    });
    await quit();
    await quit();
    expect(asked).toBe(1);
  });

  test('goes on where what is at stake cannot be told, and where the end is not in order', async () => {
    const { steps, quit } = setUp({
      atStake: () => Promise.reject(new Error('the gateway is gone')),
      shutDown: () => Promise.reject(new Error('it does not stop')),
    });
    await quit();
    expect(steps).toEqual(['exit 0']);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('by %s asks nobody, ends in order, and once', async (signal) => {
    const { steps, signals } = setUp();
    signals.emit(signal);
    signals.emit(signal);
    await settled();
    expect(steps).toEqual(['shut down', 'exit 0']);
  });
});
