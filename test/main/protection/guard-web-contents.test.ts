import { EventEmitter } from 'node:events';
import type { App, Session } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import { guardSession, guardWebContents } from '../../../main/protection/guard-web-contents.ts';

describe('a page', () => {
  const log: string[] = [];
  let openWindow: () => unknown;
  let webRtc: string;
  let contents: EventEmitter;
  beforeEach(() => {
    log.splice(0);
    const app = new EventEmitter();
    guardWebContents(app as unknown as Pick<App, 'on'>, (line) => log.push(line));
    contents = Object.assign(new EventEmitter(), {
      setWebRTCIPHandlingPolicy: (policy: string) => {
        webRtc = policy;
      },
      setWindowOpenHandler: (handler: typeof openWindow) => {
        openWindow = handler;
      },
    });
    app.emit('web-contents-created', {}, contents);
  });
  function prevented(event: string, fields: object = {}): boolean {
    let stopped = false;
    const preventDefault = () => {
      stopped = true;
    };
    contents.emit(event, { ...fields, preventDefault });
    return stopped;
  }

  test.each([
    ['will-navigate', {}, true],
    ['will-redirect', {}, true],
    ['will-attach-webview', {}, true],
    ['will-frame-navigate', { isMainFrame: true, url: 'app://terminal/terminal-frame.html' }, true],
    ['will-frame-navigate', { isMainFrame: false, url: 'https://example.com/' }, true],
    ['will-frame-navigate', { isMainFrame: false, url: 'app://terminal.example.com/' }, true],
    ['will-frame-navigate', { isMainFrame: false, url: 'app://terminal/terminal-frame.html' }, false],
    ['will-frame-navigate', { isMainFrame: false, url: 'app://approvals/index.html' }, false],
    ['will-frame-navigate', { isMainFrame: false, url: 'app://secret/index.html' }, false],
    ['will-frame-navigate', { isMainFrame: false, url: 'app://gatehouse/index.html' }, true],
    ['will-frame-navigate', { isMainFrame: false, url: 'app://player/index.html' }, true],
    ['will-frame-navigate', { isMainFrame: false, url: 'app://approvals.example.com/' }, true],
  ])('is stopped at %s %j: %s', (event, fields, expected) => {
    expect(prevented(event, fields)).toBe(expected);
    expect(log).toHaveLength(expected ? 1 : 0);
  });

  test('opens no window, and lets WebRTC send no UDP of its own', () => {
    expect(openWindow()).toEqual({ action: 'deny' });
    expect(webRtc).toBe('disable_non_proxied_udp');
  });
});

describe("the pages' session", () => {
  async function setUp() {
    const set = new Map<string, (...given: unknown[]) => unknown>();
    const keep = (name: string) => (handler: (...given: unknown[]) => unknown) => set.set(name, handler);
    let proxy: unknown;
    await guardSession({
      webRequest: { onBeforeRequest: keep('request') },
      setPermissionRequestHandler: keep('ask'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      on: (name: string, listener: (...given: unknown[]) => unknown) => set.set(name, listener),
      setProxy: async (config: unknown) => {
        proxy = config;
      },
    } as unknown as Session);
    return { call: (name: string, ...given: unknown[]) => set.get(name)?.(...given), proxy };
  }

  test.each([
    ['app://gatehouse/index.html', false],
    ['https://example.com/', true],
    ['http://127.0.0.1:1/', true],
    ['file:///etc/passwd', true],
    ['ws://127.0.0.1/', true],
    ['appx://gatehouse/', true],
  ])('reaches nothing but the app: a request for %s is cancelled: %s', async (url, cancelled) => {
    const { call } = await setUp();
    const decided: unknown[] = [];
    call('request', { url }, (decision: unknown) => decided.push(decision));
    expect(decided).toEqual([{ cancel: cancelled }]);
  });

  test.each([
    ['clipboard-sanitized-write', 'app://gatehouse/', false],
    ['notifications', 'app://gatehouse/', true],
    ['clipboard-sanitized-write', 'app://terminal/terminal-frame.html', true],
    ['notifications', 'app://terminal/', false],
    ['clipboard-sanitized-write', 'app://secret/index.html', true],
    ['clipboard-read', 'app://secret/', false],
    ['notifications', 'app://approvals/', false],
    ['clipboard-sanitized-write', 'app://player/', false],
    ['clipboard-sanitized-write', 'https://example.com/', false],
    ['clipboard-read', 'app://gatehouse/', false],
    ['media', 'app://gatehouse/', false],
    ['geolocation', 'app://gatehouse/', false],
    ['notifications', '', false],
  ])('gives %s to "%s": %s', async (permission, from, given) => {
    const { call } = await setUp();
    expect(call('check', null, permission, from)).toBe(given);
    const answers: unknown[] = [];
    call('ask', null, permission, (answer: unknown) => answers.push(answer), { requestingUrl: from });
    expect(answers).toEqual([given]);
  });

  test('has no devices, no downloads, and a proxy at which whatever is sent all the same ends', async () => {
    const { call, proxy } = await setUp();
    expect(call('device', {})).toBe(false);
    let stopped = false;
    const preventDefault = () => {
      stopped = true;
    };
    call('will-download', { preventDefault });
    expect(stopped).toBe(true);
    expect(proxy).toEqual({ mode: 'fixed_servers', proxyRules: 'http://0.0.0.0:1', proxyBypassRules: '<-loopback>' });
  });
});
