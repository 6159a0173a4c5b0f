import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, protocol } from 'electron';
import { runApplication } from './application.ts';
import { SCHEME } from './protection/content-security-policy.ts';

// What must happen before Electron is ready. Everything else is in application.ts.
// With the sandbox switched off by hand (root, where Chromium has none), asking for it would end every utility process.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
app.setName('Gatehouse');
const userData = process.env['GATEHOUSE_USER_DATA'];
if (userData) app.setPath('userData', userData);
protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }]);

if (app.requestSingleInstanceLock()) {
  const out = join(import.meta.dirname, '..');
  runApplication({
    built: import.meta.dirname,
    renderer: join(out, 'renderer'),
    preload: join(out, 'preload', 'index.cjs'),
    demo: process.argv.includes('--demo'),
  }).catch((error: unknown) => {
    // Before its folders and its log are there, this is the only place to say it.
    dialog.showErrorBox('Gatehouse could not start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
} else {
  // The other instance comes to the front. Where there is none, the lock could not be made.
  const folder = app.getPath('userData');
  try {
    accessSync(folder, constants.W_OK);
    app.exit(0);
  } catch {
    dialog.showErrorBox(
      'Gatehouse could not start',
      `It cannot write to its folder ${folder}: make it your own, mode 0700.`,
    );
    app.exit(1);
  }
}
