import type { App, Session } from 'electron';
import { MAIN_ORIGIN, SCHEME } from './content-security-policy.ts';

/** All that a page may ever ask the browser for. */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'notifications']);

/** The documents that are frames of the main document. */
const FRAMES = ['app://terminal', 'app://approvals', 'app://secret'];

/** No page of ours navigates, opens windows or embeds a webview; whatever tries is stopped, in every web contents. */
export function guardWebContents(app: Pick<App, 'on'>, log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    const stop = (event: { preventDefault(): void }, what: string) => {
      event.preventDefault();
      log(`prevented ${what}`);
    };
    // WebRTC asks neither the content policy nor webRequest: without a proxy that carries UDP it may send none.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.on('will-navigate', (event) => stop(event, 'a navigation'));
    contents.on('will-redirect', (event) => stop(event, 'a redirect'));
    contents.on('will-frame-navigate', (event) => {
      // Loading a frame is itself a navigation of that frame.
      if (event.isMainFrame || !FRAMES.some((frame) => event.url.startsWith(`${frame}/`)))
        stop(event, 'a navigation of a frame');
    });
    contents.on('will-attach-webview', (event) => stop(event, 'a webview'));
    contents.setWindowOpenHandler(() => {
      log('prevented a new window');
      return { action: 'deny' };
    });
  });
}

/** Nobody listens there. What Chromium sends without asking webRequest (WebRTC over TCP, preconnect) ends at it. */
const NOWHERE = 'http://0.0.0.0:1';

/** The renderer has no network: only our own scheme answers, and no permission but clipboard write and notifications is given. */
export async function guardSession(session: Session): Promise<void> {
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !url.startsWith(`${SCHEME}://`) }));
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(permitted(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => permitted(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  await session.setProxy({ mode: 'fixed_servers', proxyRules: NOWHERE, proxyBypassRules: '<-loopback>' });
}

function permitted(permission: string, requestedBy: string): boolean {
  if (!PERMISSIONS.has(permission) || !URL.canParse(requestedBy)) return false;
  const { protocol, host } = new URL(requestedBy);
  // A frame copies what is selected or revealed in it.
  const origin = `${protocol}//${host}`;
  // The window's own text never goes to the clipboard: main composes what is copied there.
  return permission === 'clipboard-sanitized-write' ? FRAMES.includes(origin) : origin === MAIN_ORIGIN;
}
