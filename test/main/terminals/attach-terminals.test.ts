import type { IpcMainEvent, MessagePortMain } from 'electron';
import { describe, expect, test } from 'vitest';
import { attachTerminals } from '../../../main/terminals/attach-terminals.ts';

const main = { origin: 'app://gatehouse', parent: null };
const port = {} as MessagePortMain;

function setUp() {
  const posted: unknown[][] = [];
  const attached: string[] = [];
  let ask: (event: IpcMainEvent, id: unknown) => unknown = () => undefined;
  const services = {
    terminals: { has: (id: string) => id === 't-1' },
    terminalService: {
      attach: (id: string) => {
        attached.push(id);
        return port;
      },
    },
  };
  attachTerminals(Promise.resolve(services), {
    on(_channel, listener) {
      ask = listener;
      return this as never;
    },
  });
  const from = (senderFrame: unknown, id: unknown, gone = false) => {
    const sender = { isDestroyed: () => gone, postMessage: (...message: unknown[]) => posted.push(message) };
    return ask({ senderFrame, sender } as unknown as IpcMainEvent, id);
  };
  return { from, posted, attached };
}

describe('the bytes of a terminal', () => {
  test('go to the main document that asks for them', async () => {
    const { from, posted } = setUp();
    await from(main, 't-1');
    expect(posted).toEqual([['gatehouse:terminal-port', 't-1', [port]]]);
  });

  test.each<[string, unknown, unknown, boolean?]>([
    ['the player', { origin: 'app://player', parent: null }, 't-1'],
    ["the terminal's frame", { origin: 'app://terminal', parent: main }, 't-1'],
    ['a frame of our own origin inside another', { origin: 'app://gatehouse', parent: main }, 't-1'],
    ['a foreign page', { origin: 'https://example.com', parent: null }, 't-1'],
    ['a frame that is gone', null, 't-1'],
    ['a page that is gone', main, 't-1', true],
    ['whoever asks for a terminal that is closed', main, 't-2'],
    ['whoever names none', main, ['t-1']],
  ])('do not go to %s', async (_who, frame, id, gone) => {
    const { from, posted, attached } = setUp();
    await from(frame, id, gone);
    expect(posted).toEqual([]);
    expect(attached).toEqual([]);
  });
});
