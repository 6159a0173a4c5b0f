import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { _electron, type ConsoleMessage, type ElectronApplication, type Page } from '@playwright/test';
import { noteUnexpectedDialogs } from './system-dialogs.ts';

const repository = resolve(import.meta.dirname, '../../..');

export interface LaunchOptions {
  /** The person's home: settings, recordings and kubeconfigs lie below it. Start twice on the same to test a restart. */
  readonly home: string;
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Command line arguments for the app, such as `--demo`. */
  readonly appArguments?: readonly string[];
}

export interface LaunchedApp {
  readonly electron: ElectronApplication;
  readonly window: Page;
  /** Page errors, console errors and violations of the Content-Security-Policy so far, of every window and frame. */
  readonly problems: readonly string[];
  /** What main and its processes wrote to stdout and stderr so far. */
  readonly log: () => string;
  close(): Promise<void>;
}

/**
 * Starts the built app on the runtime that the set-up provided, with the operating system's sandbox on, and waits for
 * its first window.
 */
export async function launchApp({ home, env = {}, appArguments = [] }: LaunchOptions): Promise<LaunchedApp> {
  const runtime = process.env['GATEHOUSE_TEST_ELECTRON'];
  if (!runtime) throw new Error('GATEHOUSE_TEST_ELECTRON names no runtime; start the tests with: npm test -- desktop');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  preferPinnedTools(home);
  const electron = await _electron.launch({
    executablePath: join(runtime, process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'),
    // Without this Playwright adds --no-sandbox.
    chromiumSandbox: true,
    args: [repository, ...appArguments],
    cwd: repository,
    env: environment(home, env),
  });
  let log = '';
  const listen = (text: Buffer) => {
    log += text.toString('utf8');
  };
  electron.process().stdout?.on('data', listen);
  electron.process().stderr?.on('data', listen);
  const problems: string[] = [];
  const watch = (page: Page) => {
    page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.stack ?? error.message}`));
    // A violation of the policy is an error on the console of the frame that it happened in.
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${page.url()}: ${describeMessage(message)}`);
    });
    page.on('crash', () => problems.push(`${page.url()}: the renderer crashed`));
  };
  await noteUnexpectedDialogs(electron);
  electron.context().pages().forEach(watch);
  electron.on('window', watch);
  const window = await electron.firstWindow();
  await window.waitForLoadState('domcontentloaded');
  const main = electron.process();
  return { electron, window, problems, log: () => log, close: () => end(electron, main) };
}

/**
 * Ends the app as the system does at a logout. Quitting it from within would ask whether to, when terminals are open.
 */
async function end(electron: ElectronApplication, main: ChildProcess): Promise<void> {
  if (main.exitCode !== null || main.signalCode !== null) return;
  const closed = electron.waitForEvent('close', { timeout: 0 });
  const exited = once(main, 'exit');
  main.kill('SIGTERM');
  const patience = new AbortController();
  await Promise.race([exited, delay(60_000, undefined, { signal: patience.signal }).then(() => main.kill('SIGKILL'))]);
  patience.abort();
  await closed;
}

/** The app takes PATH from a login shell, and those of most systems set it anew: they must find our kubectl first. */
function preferPinnedTools(home: string): void {
  const kubectl = process.env['GATEHOUSE_TEST_KUBECTL'];
  const profile = join(home, '.profile');
  if (kubectl && !existsSync(profile)) writeFileSync(profile, `export PATH='${dirname(kubectl)}':"$PATH"\n`);
}

function describeMessage(message: ConsoleMessage): string {
  const { url, lineNumber } = message.location();
  return `${message.text()} (${url}:${lineNumber})`;
}

/** The tests' own environment, the pinned kubectl and helm first on PATH, and everything personal below `home`. */
function environment(home: string, extra: LaunchOptions['env'] = {}): Record<string, string> {
  const kubectl = process.env['GATEHOUSE_TEST_KUBECTL'];
  const merged: Record<string, string | undefined> = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local/share'),
    KUBECONFIG: undefined,
    PATH: [kubectl && dirname(kubectl), process.env['PATH']].filter(Boolean).join(delimiter),
    ...extra,
  };
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
