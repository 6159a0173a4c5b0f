import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Store from 'electron-store';
import { z } from 'zod';
import type { Settings } from '../../preload/contract.ts';
import { readSettings } from './read-settings.ts';

const place = z.number().int().min(-100_000).max(100_000);
const windowPlace = z.object({
  x: place.nullable(),
  y: place.nullable(),
  width: place.min(1),
  height: place.min(1),
  maximized: z.boolean(),
});
export type WindowPlace = Readonly<z.infer<typeof windowPlace>>;

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

/** @param folder where `settings.json` lies. One that is no JSON is kept beside it and begun anew. */
export function openSettings(folder: string): SettingsStore {
  keepUnreadable(join(folder, 'settings.json'));
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
      return windowPlace.safeParse(store.get('window')).data ?? null;
    },
    set window(place) {
      store.set('window', place);
    },
  };
}

function keepUnreadable(file: string): void {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) copyFileSync(file, `${file}.unreadable`);
  }
}
