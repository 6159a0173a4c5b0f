import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appFiles } from '../../../main/protection/app-files.ts';

let folder: string;
let answer: (request: { url: string; method: string }) => Promise<Response>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-files-'));
  const root = join(folder, 'renderer');
  for (const name of ['assets', 'terminal-frame', 'player', 'policy-review'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__" />main');
  writeFileSync(join(root, 'terminal-frame', 'index.html'), 'terminal');
  writeFileSync(join(root, 'player', 'index.html'), 'player __CSP_NONCE__');
  writeFileSync(join(root, 'policy-review', 'index.html'), 'policy __CSP_NONCE__');
  writeFileSync(join(root, 'assets', 'main.js'), 'code');
  writeFileSync(join(root, 'assets', 'odd.exe'), 'odd');
  writeFileSync(join(folder, 'outside.js'), 'outside');
  symlinkSync(join(folder, 'outside.js'), join(root, 'assets', 'link.js'));
  answer = appFiles(root);
});
afterAll(() => rmSync(folder, { recursive: true }));

const get = (url: string) => answer({ url, method: 'GET' });
const policyOf = (response: Response) =>
  new Map(
    (response.headers.get('content-security-policy') ?? '').split('; ').map((part) => {
      const [directive = '', ...sources] = part.split(' ');
      return [directive, sources.join(' ')] as const;
    }),
  );

describe('our own scheme', () => {
  test.each([
    ['app://gatehouse/', 'main'],
    ['app://gatehouse/index.html', 'main'],
    ['app://terminal/index.html?id=t-1', 'terminal'],
    ['app://player/index.html?id=r-1', 'player'],
    ['app://policy/index.html', 'policy'],
    ['app://gatehouse/assets/main.js', 'code'],
    ['app://terminal/assets/main.js', 'code'],
  ])('serves %s', async (url, text) => {
    const response = await get(url);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain(text);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-dns-prefetch-control')).toBe('off');
  });

  test.each([
    ['another host', 'app://elsewhere/index.html'],
    ['a folder', 'app://gatehouse/assets'],
    ['a missing file', 'app://gatehouse/assets/none.js'],
    ['dots', 'app://gatehouse/assets/../../outside.js'],
    ['encoded dots', 'app://gatehouse/%2e%2e/outside.js'],
    ['encoded slashes', 'app://gatehouse/assets%2f..%2f..%2foutside.js'],
    ['a link that leads out', 'app://gatehouse/assets/link.js'],
    ['a NUL', 'app://gatehouse/assets/main.js%00.html'],
    ['a malformed escape', 'app://gatehouse/%zz'],
    ['an unknown kind of file', 'app://gatehouse/assets/odd.exe'],
    ['the document of another origin under this one', 'app://terminal/player/index.html'],
    ['such a document with an encoded dot', 'app://terminal/player/index%2Ehtml'],
  ])('does not serve %s', async (_what, url) => {
    const response = await get(url);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  test('answers nothing but GET', async () => {
    expect((await answer({ url: 'app://gatehouse/index.html', method: 'POST' })).status).toBe(405);
  });

  test('puts a nonce of its own into each document and its policy', async () => {
    const [one, two] = [await get('app://gatehouse/'), await get('app://gatehouse/')];
    const nonce = /content="([^"]+)"/.exec(await one.text())?.[1] ?? '';
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
    expect(policyOf(one).get('style-src')).toBe(`'self' 'nonce-${nonce}'`);
    expect(policyOf(two).get('style-src')).not.toContain(nonce);
  });

  test('loosens the policy only in the document that needs it', async () => {
    const [main, terminal, player, review] = await Promise.all(
      ['gatehouse', 'terminal', 'player', 'policy'].map(async (host) => policyOf(await get(`app://${host}/`))),
    );
    for (const policy of [main, terminal, player, review]) {
      expect(policy?.get('default-src')).toBe("'none'");
      expect(policy?.get('connect-src')).toBe("'none'");
      expect(policy?.get('base-uri')).toBe("'none'");
      expect(policy?.get('form-action')).toBe("'none'");
    }
    expect(main?.get('script-src')).toBe("'self'");
    expect(main?.get('frame-src')).toBe('app://terminal app://approvals app://secret');
    expect(main?.get('frame-ancestors')).toBe("'none'");
    expect(terminal?.get('style-src')).toBe("'self' 'unsafe-inline'");
    expect(terminal?.get('script-src')).toBe("'self'");
    expect(terminal?.get('frame-ancestors')).toBe('app://gatehouse');
    expect(player?.get('script-src')).toBe("'self' 'wasm-unsafe-eval'");
    expect(player?.get('style-src')).not.toContain('unsafe-inline');
    // Nothing is loosened where a policy is accepted.
    expect(review?.get('script-src')).toBe("'self'");
    expect(review?.get('style-src')).not.toContain('unsafe-inline');
    expect(review?.get('frame-ancestors')).toBe("'none'");
  });
});
