import { TERMINAL_TEXT } from '../../model/terminal-text.ts';
import { type Settings, settingsSchema } from '../../preload/contract.ts';

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  terminalFontSize: TERMINAL_TEXT.usual,
  terminalFontFamily: '',
  screenReaderMode: false,
  shell: '',
  revealSeconds: 30,
  recordInput: false,
  bringBack: true,
  kubeconfigFiles: [],
};

/** Each setting that the file holds and that is still valid; the default for every other, so that one bad line costs one setting. */
export function readSettings(stored: unknown): Settings {
  const found: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  if (typeof stored === 'object' && stored !== null) {
    for (const [name, schema] of Object.entries(settingsSchema.shape)) {
      const value = schema.safeParse((stored as Record<string, unknown>)[name]);
      if (value.success) found[name] = value.data;
    }
  }
  return settingsSchema.parse(found);
}
