import { describe, expect, test } from 'vitest';
import { PAUSE_ABOVE, RESUME_BELOW } from '../../../main/terminal-host/flow-control.ts';
import { ScreenLine, type ScreenPort } from '../../../main/terminal-host/screen-line.ts';
import type { TerminalInput, TerminalOutput } from '../../../preload/contract.ts';

class TestPort implements ScreenPort {
  readonly received: TerminalOutput[] = [];
  closed = false;
  #message: (event: { data: unknown }) => void = () => {};
  #close: () => void = () => {};
  on(event: 'message' | 'close', listener: (event: { data: unknown }) => void): void {
    if (event === 'message') this.#message = listener;
    else this.#close = listener as () => void;
  }
  postMessage(message: unknown): void {
    this.received.push(message as TerminalOutput);
  }
  start(): void {}
  close(): void {
    this.closed = true;
  }
  say(input: unknown): void {
    this.#message({ data: input });
  }
  leave(): void {
    this.#close();
  }
  text(): string {
    return this.received.map((message) => (message.type === 'output' ? message.data : '')).join('');
  }
}

function setUp() {
  const shell = {
    paused: false,
    pause() {
      this.paused = true;
    },
    resume() {
      this.paused = false;
    },
  };
  const inputs: TerminalInput[] = [];
  const line = new ScreenLine(shell, (input) => inputs.push(input));
  const gathered = () => new Promise((resolve) => setTimeout(resolve, 15));
  return { shell, inputs, line, gathered };
}

describe('the line from a terminal to its screen', () => {
  test('shows a screen that comes later what was printed before', async () => {
    const { line } = setUp();
    line.output(Buffer.from('$ '));
    const port = new TestPort();
    line.attach(port);
    expect(port.text()).toBe('$ ');
  });

  test('joins UTF-8 across reads', async () => {
    const { line, gathered } = setUp();
    const port = new TestPort();
    line.attach(port);
    line.output(Buffer.from([0xe2, 0x82]));
    await gathered();
    line.output(Buffer.from([0xac]));
    await gathered();
    expect(port.text()).toBe('€');
  });

  test('pauses the shell above 100,000 unacknowledged characters and resumes it below 5,000', async () => {
    const { line, shell, gathered } = setUp();
    const port = new TestPort();
    line.attach(port);
    line.output(Buffer.alloc(PAUSE_ABOVE, 'x'));
    await gathered();
    expect(shell.paused).toBe(false);
    line.output(Buffer.from('y'));
    await gathered();
    expect(shell.paused).toBe(true);
    port.say({ type: 'acknowledge', characters: PAUSE_ABOVE + 1 - RESUME_BELOW });
    expect(shell.paused).toBe(true);
    port.say({ type: 'acknowledge', characters: 1 });
    expect(shell.paused).toBe(false);
  });

  test('lets the shell go on when the screen goes away', async () => {
    const { line, shell, gathered } = setUp();
    const port = new TestPort();
    line.attach(port);
    line.output(Buffer.alloc(PAUSE_ABOVE + 1, 'x'));
    await gathered();
    port.leave();
    expect(shell.paused).toBe(false);
  });

  test('takes input of the newest screen only, and only what the contract knows', () => {
    const { line, inputs } = setUp();
    const old = new TestPort();
    const newest = new TestPort();
    line.attach(old);
    line.attach(newest);
    expect(old.closed).toBe(true);
    old.say({ type: 'input', data: 'from the old' });
    newest.say({ type: 'input', data: 'ls\r' });
    newest.say({ type: 'resize', columns: 0, rows: 5 });
    newest.say({ type: 'signal', name: 'SIGKILL' });
    newest.say('text');
    expect(inputs).toEqual([{ type: 'input', data: 'ls\r' }]);
  });

  test('tells the exit after the last output, also to a screen that comes later', () => {
    const { line } = setUp();
    const first = new TestPort();
    line.attach(first);
    line.output(Buffer.from('bye'));
    line.exit(4);
    expect(first.received).toEqual([
      { type: 'output', data: 'bye' },
      { type: 'exit', code: 4 },
    ]);
    const later = new TestPort();
    line.attach(later);
    expect(later.received.at(-1)).toEqual({ type: 'exit', code: 4 });
  });
});
