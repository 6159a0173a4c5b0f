import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../../preload/contract.ts';
import { GatehouseWindow } from '../screens/gatehouse-window.ts';
import { Terminal } from '../screens/terminal.ts';
import { test as base } from './desktop-test.ts';
import type { LaunchedApp } from './launch-app.ts';

/** The app with a terminal open on the demo cluster. */
export interface DemoApp extends LaunchedApp {
  readonly gatehouse: GatehouseWindow;
  readonly terminal: Terminal;
  readonly folders: AppFolders;
}

/** Where the app keeps its files in a test's home. */
export interface AppFolders {
  readonly root: string;
  readonly recordings: string;
  readonly logs: string;
}

interface DemoFixtures {
  /** Settings that the person had chosen before the app starts. */
  readonly settings: Partial<Settings>;
  readonly folders: AppFolders;
  /** Starts the app on this test's home; once more to see it restarted. */
  readonly start: (appArguments?: readonly string[]) => Promise<DemoApp>;
  /** The app as `npm run demo` starts it, the shell at its prompt. */
  readonly demo: DemoApp;
}

/** The `test` of what is tried on the demo cluster, in a home that is like a person's but for its plain prompt. */
export const test = base.extend<DemoFixtures>({
  settings: [{}, { option: true }],
  folders: async ({ home }, use) => {
    const root = join(home, '.config/Gatehouse');
    await use({ root, recordings: join(root, 'recordings'), logs: join(root, 'logs') });
  },
  start: async ({ home, launch, settings, folders }, use) => {
    writeFileSync(join(home, '.bashrc'), "PS1='$ '\n");
    mkdirSync(folders.root, { recursive: true, mode: 0o700 });
    // With the screen reader's mode the terminal has its rows as text too, and not only as drawn characters.
    const chosen = { settings: { screenReaderMode: true, ...settings } };
    writeFileSync(join(folders.root, 'settings.json'), JSON.stringify(chosen));
    await use(async (appArguments = []) => {
      const app = await launch({ appArguments, env: { PROMPT_COMMAND: undefined, KUBECTL_PLUGINS_PATH: undefined } });
      const gatehouse = new GatehouseWindow(app.window);
      const terminal = new Terminal(app.window, folders.recordings);
      return { ...app, gatehouse, terminal, folders };
    });
  },
  demo: async ({ start }, use) => {
    const app = await start(['--demo']);
    await app.terminal.ready();
    await use(app);
  },
});
export { expect } from './desktop-test.ts';
