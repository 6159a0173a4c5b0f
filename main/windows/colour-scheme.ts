import { nativeTheme } from 'electron';
import type { Settings } from '../../preload/contract.ts';

/** Menus, dialogs and pages that follow the system take the person's choice too. */
export function followTheme(theme: Settings['theme']): void {
  nativeTheme.themeSource = theme;
}

/** What a window shows before its page has drawn: the page's own background (`--content` in renderer/ui/tokens.css). */
export function windowBackground(): string {
  return nativeTheme.shouldUseDarkColors ? '#191d24' : '#f7f8fa';
}
