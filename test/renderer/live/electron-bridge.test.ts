import { describe, expect, test } from 'vitest';
import type { Bridge } from '../../../preload/contract.ts';
import { electronBridge } from '../../../renderer/live/electron-bridge.ts';

/** A window with what preload puts on it, which counts what is asked of it. */
function windowDouble() {
  const target = new EventTarget();
  const attached: string[] = [];
  const gatehouse: Bridge = {
    invoke: () => Promise.resolve({ ok: false, problem: { code: 'none', message: '', details: '', reference: null } }),
    on: () => () => undefined,
    attachTerminal: (id) => void attached.push(id),
  };
  const window = Object.assign(target, { gatehouse }) as unknown as Window;
  const post = (data: unknown, ports: readonly MessagePort[], source: unknown = window) =>
    target.dispatchEvent(Object.assign(new Event('message'), { data, ports, source }));
  return { window, attached, post };
}

const port = () => new MessageChannel().port1;

describe('the ports of terminals in Electron', () => {
  test('one that comes before it is taken waits, once', () => {
    const { window, post } = windowDouble();
    const bridge = electronBridge(window);
    const sent = port();
    const taken: MessagePort[] = [];
    post({ terminalPort: 't1' }, [sent]);
    bridge.takeTerminalPorts('t1', (one) => taken.push(one))();
    bridge.takeTerminalPorts('t1', (one) => taken.push(one));
    expect(taken).toEqual([sent]);
  });

  test('those of a terminal go to its taker, until it has enough', () => {
    const { window, post } = windowDouble();
    const bridge = electronBridge(window);
    const taken: MessagePort[] = [];
    const [first, second] = [port(), port()];
    const stop = bridge.takeTerminalPorts('t1', (one) => taken.push(one));
    post({ terminalPort: 't1' }, [first]);
    post({ terminalPort: 't2' }, [port()]);
    post({ terminalPort: 't1' }, [second]);
    stop();
    post({ terminalPort: 't1' }, [port()]);
    expect(taken).toEqual([first, second]);
  });

  test.each([
    ['a frame in the page', { terminalPort: 't1' }, {}],
    ['something without an id', { terminalPort: 7 }, undefined],
    ['something that is no object', 't1', undefined],
  ])('none is taken from %s', (_name, data, source) => {
    const { window, post } = windowDouble();
    const taken: MessagePort[] = [];
    electronBridge(window).takeTerminalPorts('t1', (one) => taken.push(one));
    post(data, [port()], source);
    expect(taken).toEqual([]);
  });

  test('asking for one goes to preload', () => {
    const { window, attached } = windowDouble();
    electronBridge(window).attachTerminal('t1');
    expect(attached).toEqual(['t1']);
  });
});
