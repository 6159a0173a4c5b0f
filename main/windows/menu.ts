import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { TextZoom } from '../../model/terminal-text.ts';
import type { Screen } from '../../preload/contract.ts';
import { SCREEN_NAMES } from '../../preload/screens.ts';

/** The app's menu; each screen has an accelerator. Copy and paste stay with the page, where Ctrl+C belongs to the shell. */
export function setMenu(navigate: (screen: Screen) => void, zoom: (zoom: TextZoom) => void): void {
  const mac = process.platform === 'darwin';
  const view: MenuItemConstructorOptions[] = (Object.keys(SCREEN_NAMES) as Screen[]).map((screen) => ({
    label: SCREEN_NAMES[screen].title,
    accelerator: `${screen === 'settings' ? 'CmdOrCtrl' : mac ? 'Cmd' : 'Alt'}+${SCREEN_NAMES[screen].key}`,
    click: () => navigate(screen),
  }));
  // The page takes these keys itself, inside a terminal's frame too; the menu says which they are.
  const text: MenuItemConstructorOptions[] = [
    { label: 'Larger terminal text', accelerator: 'CmdOrCtrl+Plus', click: () => zoom('larger') },
    { label: 'Smaller terminal text', accelerator: 'CmdOrCtrl+-', click: () => zoom('smaller') },
    { label: 'Usual terminal text', accelerator: 'CmdOrCtrl+0', click: () => zoom('usual') },
  ];
  const edit: MenuItemConstructorOptions[] = [
    { role: 'undo', registerAccelerator: mac },
    { role: 'redo', registerAccelerator: mac },
    { type: 'separator' },
    { role: 'cut', registerAccelerator: mac },
    { role: 'copy', registerAccelerator: mac },
    { role: 'paste', registerAccelerator: mac },
    { role: 'selectAll', registerAccelerator: mac },
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(mac ? [{ role: 'appMenu' as const }] : []),
      { label: 'File', submenu: [{ role: 'quit', accelerator: mac ? 'Cmd+Q' : 'Ctrl+Shift+Q' }] },
      { label: 'Edit', submenu: edit },
      {
        label: 'View',
        submenu: [
          ...view,
          { type: 'separator' },
          ...text.map((item) => ({ ...item, registerAccelerator: false })),
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
      { label: 'Window', submenu: [{ role: 'minimize' }] },
    ]),
  );
}
