import '@xterm/xterm/css/xterm.css';
import '../ui/tokens.css';
import './terminal-frame.css';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { SerializeAddon } from '@xterm/addon-serialize';
import { WebglAddon } from '@xterm/addon-webgl';
import { Terminal } from '@xterm/xterm';
import type { TerminalBridge, TerminalInput, TerminalOutput } from '../../preload/contract.ts';
import type { FrameLook, FromFrame, ToFrame } from '../live/frame-messages.ts';
import { appShortcut, isMac } from '../live/shortcuts.ts';
import { unicodeWidths } from './character-widths.ts';
import { askToPaste } from './paste-question.ts';
import { judgePaste } from './paste-rules.ts';
import { TERMINAL_COLOURS } from './terminal-colours.ts';
import { clipboardKey } from './terminal-keys.ts';

/**
 * One terminal, alone in its document. Bytes come and go over a MessagePort that main hands to this document alone. What is
 * typed and pasted stays in here; the window around it learns of shortcuts and of what a search found.
 */

/** Output is acknowledged in steps of this many characters, once xterm has really drawn it. */
const ACKNOWLEDGE = 5_000;
const mac = isMac();
const container = document.getElementById('terminal');
if (container === null) throw new Error('the terminal frame has no container');

// windowOptions stay off and no clipboard addon is loaded: what runs in the shell must not read or move anything of ours.
const terminal = new Terminal({
  allowProposedApi: true,
  cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  fontFamily: 'monospace',
  fontSize: 13,
  lineHeight: 1.2,
  minimumContrastRatio: 4.5,
  scrollback: 10_000,
  // Links are shown, never opened: navigation is the app's, and the app opens nothing from a shell.
  linkHandler: { activate: () => undefined },
});
const fit = new FitAddon();
const search = new SearchAddon();
terminal.loadAddon(fit);
terminal.loadAddon(search);
terminal.loadAddon(new SerializeAddon());
const widths = unicodeWidths();
terminal.unicode.register(widths);
terminal.unicode.activeVersion = widths.version;
terminal.open(container);

let port: MessagePort | null = null;
let unacknowledged = 0;
let searchText = '';

const tellWindow = (message: FromFrame) => window.parent.postMessage(message, '*');
const send = (message: TerminalInput) => port?.postMessage(message);

function drawFast(): void {
  if (!hasGraphicsProcessor()) return;
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch {
    // No WebGL here: xterm draws with the DOM instead.
  }
}

/** WebGL that the processor draws itself costs a frame's whole time; xterm's elements cost less. */
function hasGraphicsProcessor(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

function resize(): void {
  // A hidden frame has no size; a shell of 2 columns would wrap its whole history.
  if (container === null || container.clientWidth < 20 || container.clientHeight < 20) return;
  fit.fit();
}

function attach(next: MessagePort): void {
  port?.close();
  if (port !== null) terminal.write('\r\n');
  port = next;
  unacknowledged = 0;
  next.onmessage = ({ data }: MessageEvent<TerminalOutput>) => {
    if (data.type !== 'output') return;
    const { length } = data.data;
    terminal.write(data.data, () => {
      unacknowledged += length;
      if (unacknowledged < ACKNOWLEDGE) return;
      next.postMessage({ type: 'acknowledge', characters: unacknowledged } satisfies TerminalInput);
      unacknowledged = 0;
    });
  };
  send({ type: 'resize', columns: terminal.cols, rows: terminal.rows });
}

function apply(look: FrameLook): void {
  document.documentElement.dataset['mantineColorScheme'] = look.scheme;
  terminal.options.theme = TERMINAL_COLOURS[look.scheme];
  terminal.options.fontFamily = look.fontFamily === '' ? defaultFont() : `${look.fontFamily}, ${defaultFont()}`;
  terminal.options.fontSize = look.fontSize;
  terminal.options.screenReaderMode = look.screenReaderMode;
  resize();
}

function defaultFont(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim();
}

function find(text: string, direction: 'next' | 'previous'): void {
  const incremental = text !== searchText;
  searchText = text;
  const decorations = {
    matchBackground: '#efbf57',
    matchOverviewRuler: '#efbf57',
    activeMatchBackground: '#ff9d3b',
    activeMatchColorOverviewRuler: '#ff9d3b',
  };
  if (direction === 'next') search.findNext(text, { incremental, decorations });
  else search.findPrevious(text, { decorations });
}

async function paste(clipboard: string): Promise<void> {
  const { text, ask } = judgePaste(clipboard);
  if (text === '' || (ask && !(await askToPaste(text)))) return;
  terminal.paste(text);
  terminal.focus();
}

terminal.onData((data) => send({ type: 'input', data }));
terminal.onBinary((data) => send({ type: 'input', data }));
terminal.onResize(({ cols, rows }) => send({ type: 'resize', columns: cols, rows }));
search.onDidChangeResults(({ resultIndex, resultCount }) =>
  tellWindow({ type: 'found', index: resultIndex, count: resultCount }),
);
new ResizeObserver(resize).observe(container);
// A frame that got the keyboard back has nothing focused in it any more.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body) terminal.focus();
});

terminal.attachCustomKeyEventHandler((event) => {
  const shortcut = appShortcut(event, mac, true);
  const clipboard = clipboardKey(event, { mac, selection: terminal.hasSelection() });
  if (shortcut === null && clipboard === 'shell') return true;
  if (event.type !== 'keydown') return false;
  if (shortcut !== null) {
    event.preventDefault();
    tellWindow({ type: 'shortcut', shortcut });
  } else if (clipboard === 'copy') {
    event.preventDefault();
    void navigator.clipboard.writeText(terminal.getSelection());
    terminal.clearSelection();
  }
  // Paste is left to the browser: its paste event below carries the clipboard without any permission to read it.
  return false;
});

container.addEventListener(
  'paste',
  (event) => {
    event.preventDefault();
    event.stopPropagation();
    // A script of the window could make up such an event only in its own document; here it is a person's.
    void paste(event.clipboardData?.getData('text/plain') ?? '');
  },
  { capture: true },
);

window.addEventListener('message', (event: MessageEvent<ToFrame>) => {
  // Only preload posts from this very window.
  if (event.source === window && event.ports[0]) attach(event.ports[0]);
  if (event.source !== window.parent) return;
  const message = event.data;
  switch (message.type) {
    case 'look':
      apply(message.look);
      break;
    case 'focus':
      terminal.focus();
      break;
    case 'find':
      find(message.text, message.direction);
      break;
    case 'findEnded':
      searchText = '';
      search.clearDecorations();
      terminal.clearSelection();
      terminal.focus();
      break;
    default:
      message satisfies never;
  }
});

drawFast();
const bridge = Reflect.get(window, 'gatehouse') as unknown as TerminalBridge | undefined;
bridge?.attach();
tellWindow({ type: 'ready' });
