import Store from 'electron-store';
import type { Settings } from '../../preload/contract.ts';
import { readSettings } from './read-settings.ts';

export interface WindowPlace {
  readonly x: number | null;
  readonly y: number | null;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

interface Stored {
  settings: Partial<Settings>;
  gatewayPort: number;
  window: WindowPlace | null;
}

/** Settings and what the app remembers by itself, in one 0600 file. Nothing secret. */
export interface SettingsStore {
  read(): Settings;
  write(change: { readonly [Key in keyof Settings]?: Settings[Key] | undefined }): Settings;
  gatewayPort: number;
  window: WindowPlace | null;
}

/** @param folder where `settings.json` lies. */
export function openSettings(folder: string): SettingsStore {
  const store = new Store<Stored>({
    name: 'settings',
    cwd: folder,
    configFileMode: 0o600,
    clearInvalidConfig: true,
    defaults: { settings: {}, gatewayPort: 0, window: null },
  });
  return {
    read: () => readSettings(store.get('settings')),
    write(change) {
      const next = readSettings({ ...store.get('settings'), ...change });
      store.set('settings', next);
      return next;
    },
    get gatewayPort() {
      const port = store.get('gatewayPort');
      return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
    },
    set gatewayPort(port) {
      store.set('gatewayPort', port);
    },
    get window() {
      return store.get('window');
    },
    set window(place) {
      store.set('window', place);
    },
  };
}
