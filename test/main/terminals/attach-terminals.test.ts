import type { IpcMainEvent, MessagePortMain } from 'electron';
import { describe, expect, test } from 'vitest';
import { attachTerminals } from '../../../main/terminals/attach-terminals.ts';

const main = { origin: 'app://gatehouse', parent: null };
const port = {} as MessagePortMain;

interface Frame {
  readonly origin: string;
  readonly parent: unknown;
  url: string;
  readonly frameTreeNodeId: number;
}
const frame = (id: string, frameTreeNodeId = 1): Frame => ({
  origin: 'app://terminal',
  parent: main,
  url: `app://terminal/index.html?id=${id}`,
  frameTreeNodeId,
});

function setUp() {
  const posted: unknown[][] = [];
  const attached: string[] = [];
  let ask: (event: IpcMainEvent) => unknown = () => undefined;
  const services = {
    terminals: { has: (id: string) => id === 't-1' || id === 't-3' },
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
  const from = (senderFrame: object | null) => {
    const postMessage = (...message: unknown[]) => posted.push([senderFrame, ...message]);
    return ask({ senderFrame: senderFrame && Object.assign(senderFrame, { postMessage }) } as unknown as IpcMainEvent);
  };
  return { from, posted, attached };
}

describe('case 62: the bytes of a terminal', () => {
  test('go to the frame that asks, of the terminal that its address names', async () => {
    const { from, posted, attached } = setUp();
    const asking = frame('t-1');
    await from(asking);
    expect(attached).toEqual(['t-1']);
    expect(posted).toEqual([[asking, 'gatehouse:terminal-port', null, [port]]]);
  });

  test.each<[string, object | null]>([
    ['the main document', { ...main, url: 'app://gatehouse/index.html?id=t-1', frameTreeNodeId: 1 }],
    ['the player', { origin: 'app://player', parent: null, url: 'app://player/index.html?id=t-1' }],
    ['the approvals', { ...frame('t-1'), origin: 'app://approvals' }],
    ["a terminal's document alone in a window", { ...frame('t-1'), parent: null }],
    [
      "a terminal's document inside another of them",
      { ...frame('t-1'), parent: { origin: 'app://terminal', parent: main } },
    ],
    ['a foreign page', { ...frame('t-1'), origin: 'https://example.com' }],
    ['a frame that is gone', null],
    ['a frame of a terminal that is closed', frame('t-2')],
    ['a frame that names none', { ...frame('t-1'), url: 'app://terminal/index.html' }],
    ['a frame whose address is none', { ...frame('t-1'), url: '' }],
  ])('do not go to %s', async (_who, asking) => {
    const { from, posted, attached } = setUp();
    await from(asking);
    expect(posted).toEqual([]);
    expect(attached).toEqual([]);
  });

  test('go to one frame at a time: while it shows the terminal, a second one gets nothing', async () => {
    const { from, attached } = setUp();
    await from(frame('t-1', 1));
    await from(frame('t-1', 2));
    expect(attached).toEqual(['t-1']);
    await from(frame('t-3', 2));
    expect(attached).toEqual(['t-1', 't-3']);
  });

  test('go to it again when it was loaded anew', async () => {
    const { from, attached } = setUp();
    await from(frame('t-1', 1));
    await from(frame('t-1', 1));
    expect(attached).toEqual(['t-1', 't-1']);
  });

  test.each<[string, (first: Frame) => void]>([
    ['leads elsewhere', (first) => Object.assign(first, { url: 'app://terminal/index.html?id=t-3' })],
    [
      'is gone',
      (first) =>
        Object.defineProperty(first, 'origin', {
          get: () => {
            throw new Error('Render frame was disposed before WebFrameMain could be accessed');
          },
        }),
    ],
  ])('go to another frame once the first one %s', async (_what, change) => {
    const { from, attached } = setUp();
    const first = frame('t-1', 1);
    await from(first);
    change(first);
    await from(frame('t-1', 2));
    expect(attached).toEqual(['t-1', 't-1']);
  });

  test('do not go to a frame that was led elsewhere while main was busy', async () => {
    const { from, attached } = setUp();
    const asking = frame('t-1');
    const asked = from(asking);
    asking.url = 'app://terminal/index.html?id=t-3';
    await asked;
    expect(attached).toEqual([]);
  });
});
