import { join } from 'node:path';
import { app, BrowserWindow, clipboard, dialog, ipcMain, powerMonitor, protocol, session, shell } from 'electron';
import { zoomedText } from '../model/terminal-text.ts';
import type { EventName, Payload, Screen } from '../preload/contract.ts';
import { appInfo } from './app/app-info.ts';
import { ApprovalNotifications } from './approvals/approval-notifications.ts';
import { ShownApprovals } from './approvals/shown-approvals.ts';
import { callHandlers } from './bridge/call-handlers.ts';
import { handleCalls } from './bridge/handle-calls.ts';
import { Hands } from './bridge/hands.ts';
import { tellDocuments } from './bridge/tell-documents.ts';
import { ToldProblems } from './bridge/told-problems.ts';
import { chooseKubeconfigs } from './clusters/choose-kubeconfigs.ts';
import { prepareFolders } from './folders.ts';
import { type LogLine, openLog } from './log.ts';
import { appFiles } from './protection/app-files.ts';
import { SCHEME } from './protection/content-security-policy.ts';
import { guardSession, guardWebContents } from './protection/guard-web-contents.ts';
import { type Services, startServices } from './services.ts';
import { openSettings } from './settings/settings-store.ts';
import { attachTerminals } from './terminals/attach-terminals.ts';
import { ask } from './windows/ask.ts';
import { followTheme } from './windows/colour-scheme.ts';
import { protectionFor } from './windows/content-protection.ts';
import { openMainWindow, rememberPlace } from './windows/main-window.ts';
import { setMenu } from './windows/menu.ts';
import { notify } from './windows/notify.ts';
import { policyWindow } from './windows/policy-window.ts';
import { guardQuit } from './windows/quit.ts';
import { revivePage } from './windows/revive-page.ts';
import { followSeen } from './windows/seen.ts';
import { signInWindow } from './windows/sign-in-window.ts';

export interface ApplicationOptions {
  /** Folders and files of the build. */
  readonly built: string;
  readonly renderer: string;
  readonly preload: string;
  /** Start the demo cluster and open the terminal on it. */
  readonly demo: boolean;
}

/** The app, from ready to quit: the one place where windows, services and the bridge are joined. */
export async function runApplication(options: ApplicationOptions): Promise<void> {
  const { built, renderer, preload } = options;
  await app.whenReady();
  const folders = await prepareFolders(app.getPath('userData'));
  const log = openLog(folders.logs);
  noteErrors(log.lines('main'));
  const settings = openSettings(folders.root);
  followTheme(settings.read().theme);
  let window: BrowserWindow | null = null;
  const hands = new Hands((question) => ask(window, question));
  const problems = new ToldProblems();

  function tell<Name extends EventName>(name: Name, payload: Payload<Name>): void {
    for (const { webContents } of BrowserWindow.getAllWindows()) tellDocuments(webContents, name, payload);
  }
  function navigate(screen: Screen, item: string | null = null): void {
    show();
    tell('navigate', { screen, item });
  }
  /** Has the page show or open a terminal, as if a hand had asked for it there: somebody did, at the command line. */
  function openTerminal(item: string): void {
    navigate('terminal', item);
    if (window) hands.deed(window.webContents);
  }
  function show(): void {
    if (!window || window.isDestroyed()) window = open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }
  function open(): BrowserWindow {
    const opened = openMainWindow(preload, settings);
    opened.on('close', (event) => {
      // Without its window the app would go on unseen; on macOS that is the custom.
      if (process.platform === 'darwin') return;
      event.preventDefault();
      app.quit();
    });
    opened.on('blur', () => tell('window.left', undefined));
    revivePage(opened.webContents, log.lines('window'));
    followSeen(opened, powerMonitor, (seen) => {
      services.then(({ reachWatch }) => (seen ? reachWatch.resume() : reachWatch.pause())).catch(() => undefined);
    });
    opened.on('closed', () => {
      if (window === opened) window = null;
    });
    return opened;
  }

  guardWebContents(app, log.lines('guard'));
  app.on('web-contents-created', (_event, contents) => hands.watch(contents));
  await guardSession(session.defaultSession);
  protocol.handle(SCHEME, appFiles(renderer));

  const notifications = new ApprovalNotifications(
    () => !window?.isFocused(),
    (id) => navigate('approvals', id),
    notify,
  );
  const shownApprovals = new ShownApprovals();
  const services = startServices({
    folders,
    settings,
    log,
    built,
    preload,
    tell,
    notifications,
    showSignIn: signInWindow(preload, (id) => {
      // One that has ended meanwhile needs none.
      services.then(({ gateway }) => gateway.call('cancelSignIn', { id })).catch(() => undefined);
    }),
  });
  services.catch((error: unknown) => {
    log.line('the app could not start', error);
    dialog.showErrorBox('Gatehouse could not start', `${error instanceof Error ? error.message : error}`);
    app.exit(1);
  });

  const protectContent = protectionFor((on) => window?.setContentProtection(on));
  const handlers = callHandlers({
    folders,
    settings,
    services,
    window: () => window,
    tell,
    shownApprovals,
    protectContent,
    appInfo: async () => appInfo(await services, folders, window),
    licences: join(built, '..', 'licences.txt'),
    openPath: (path) => shell.openPath(path),
    copy: (text) => clipboard.writeText(text),
    problemDetails: (reference) => problems.details(reference),
    confirm: (question) => hands.confirm(question),
    followTheme,
    reviewPolicy: policyWindow(preload),
    chooseKubeconfigs: () => chooseKubeconfigs(window),
  });
  handleCalls({ handlers, hands, problems, log: log.lines('bridge') }, ipcMain);
  attachTerminals(services, ipcMain);
  setMenu(
    (screen) => navigate(screen),
    (zoom) => {
      const { terminalFontSize } = settings.read();
      tell('settings.changed', settings.write({ terminalFontSize: zoomedText(terminalFontSize, zoom) }));
    },
  );
  guardQuit({
    app,
    confirm: (detail) => ask(window, { message: 'Quit Gatehouse?', detail, yes: 'Quit' }),
    atStake: () => countAtStake(services),
    async shutDown() {
      if (window && !window.isDestroyed()) rememberPlace(window, settings);
      await (await services).stop();
    },
  });
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  window = open();
  if (!options.demo) return;
  await openOnDemo(window, await services, openTerminal).catch((error: unknown) =>
    log.line('the demo cluster could not be opened', error),
  );
}

/** What nobody caught is a fault of ours: it is noted, and costs no more than the one thing that it was about. */
function noteErrors(log: LogLine): void {
  process.on('uncaughtException', (error) => log('uncaught', error));
  process.on('unhandledRejection', (reason) => log('unhandled', reason ?? null));
  app.on('child-process-gone', (_event, { type, name, reason, exitCode }) => {
    if (reason !== 'clean-exit') log(`a ${type} process is gone: ${name ?? ''} ${reason} (${exitCode})`);
  });
}

async function countAtStake(services: Promise<Services>): Promise<{ terminals: number; waiting: number }> {
  const { terminals, gateway } = await services;
  const approvals =
    gateway.status().state === 'running' ? await gateway.call('approvals', undefined).catch(() => []) : [];
  return {
    terminals: terminals.entries().filter(({ state }) => state === 'open').length,
    waiting: approvals.filter(({ held, state }) => held && state === 'PENDING').length,
  };
}

async function openOnDemo(
  window: BrowserWindow,
  { clusters, terminals, broughtBack }: Services,
  openTerminal: (item: string) => void,
): Promise<void> {
  const loaded = new Promise<void>((resolve) => {
    if (window.webContents.isLoading()) window.webContents.once('did-finish-load', () => resolve());
    else resolve();
  });
  await broughtBack;
  const { slug } = await clusters.startDemo();
  await loaded;
  const open = terminals.entries().findLast(({ cluster }) => cluster === slug);
  openTerminal(open?.id ?? `new:${slug}`);
}
