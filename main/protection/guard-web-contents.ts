import { app, type Session } from 'electron';
import { MAIN_ORIGIN, SCHEME } from './content-security-policy.ts';

/** All that a page may ever ask the browser for. */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'notifications']);

/** No page of ours navigates, opens windows or embeds a webview; whatever tries is stopped, in every web contents. */
export function guardWebContents(log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    const stop = (event: { preventDefault(): void }, what: string) => {
      event.preventDefault();
      log(`prevented ${what}`);
    };
    contents.on('will-navigate', (event) => stop(event, 'a navigation'));
    contents.on('will-redirect', (event) => stop(event, 'a redirect'));
    contents.on('will-frame-navigate', (event) => {
      // Loading the terminal's frame is itself a navigation of that frame.
      if (event.isMainFrame || !event.url.startsWith('app://terminal/')) stop(event, 'a navigation of a frame');
    });
    contents.on('will-attach-webview', (event) => stop(event, 'a webview'));
    contents.setWindowOpenHandler(() => {
      log('prevented a new window');
      return { action: 'deny' };
    });
  });
}

/** The renderer has no network: only our own scheme answers, and no permission but clipboard write and notifications is given. */
export function guardSession(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !url.startsWith(`${SCHEME}://`) }));
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(permitted(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => permitted(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}

function permitted(permission: string, requestedBy: string): boolean {
  if (!PERMISSIONS.has(permission) || !URL.canParse(requestedBy)) return false;
  const { protocol, host } = new URL(requestedBy);
  // The terminal's frame copies what is selected in it.
  const origin = `${protocol}//${host}`;
  return origin === MAIN_ORIGIN || (origin === 'app://terminal' && permission === 'clipboard-sanitized-write');
}
