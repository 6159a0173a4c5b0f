import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readProxyUrl, type UpstreamProxy } from '../../../proxy/clusters/upstream-proxy.ts';

function proxy(url: string): UpstreamProxy {
  const read = readProxyUrl(url, 'proxy-url');
  if ('problem' in read) throw new Error(read.problem);
  return read.proxy;
}

describe('proxy-url', () => {
  it.each([
    ['http://proxy', 'http://proxy:80'],
    ['https://proxy/', 'https://proxy:443'],
    ['socks5://proxy', 'socks5://proxy:1080'],
    ['socks5h://proxy:99', 'socks5://proxy:99'],
    ['http://[fd00::1]:3128', 'http://[fd00::1]:3128'],
    ['http://10.0.0.1:3128', 'http://10.0.0.1:3128'],
  ])('%s is %s', (url, expected) => {
    expect(String(proxy(url))).toBe(expected);
  });

  it.each(['proxy', 'http://', 'ftp://proxy', 'http://a%zz@proxy'])('%s is said to be of no use', (url) => {
    expect(readProxyUrl(url, 'proxy-url of cluster "c"')).toMatchObject({
      problem: expect.stringMatching(/^proxy-url of cluster "c" /),
    });
  });

  it('keeps user name and password out of every text made of it', () => {
    const signedIn = proxy('http://jo:hunter%32@proxy:3128');
    expect(signedIn.credentials()).toEqual({ username: 'jo', password: 'hunter2' });
    const texts = [
      String(signedIn),
      JSON.stringify({ signedIn }),
      inspect({ signedIn }, { showHidden: true, depth: 9 }),
    ];
    for (const text of texts) expect(text).not.toMatch(/hunter|jo:/);
  });

  it('is another one when only the password is another', () => {
    expect(proxy('http://a:b@proxy').equals(proxy('http://a:b@proxy'))).toBe(true);
    expect(proxy('http://a:b@proxy').equals(proxy('http://a:c@proxy'))).toBe(false);
  });
});
