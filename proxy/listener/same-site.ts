import { Refusal } from '../refusal.ts';
import { HeaderList } from '../request/header-list.ts';

/** Names under which clients may reach the gateway, as they stand in `Host`. */
export function allowedHosts(port: number, names: readonly string[]): ReadonlySet<string> {
  return new Set(['127.0.0.1', '[::1]', 'localhost', ...names].map((name) => `${name.toLowerCase()}:${port}`));
}

/**
 * What a web page could make a browser send, or null. A page that rebinds its own name to 127.0.0.1 has a foreign
 * `Host`; any other page has a foreign `Origin` or says that it is a browser (`Sec-Fetch-Site`, Fetch Metadata). That
 * a page has no client certificate is one lock; this is the second.
 */
export function foreignSite(
  rawHeaders: readonly string[],
  hosts: ReadonlySet<string>,
): { readonly reason: 'foreign-host' | 'foreign-origin'; readonly refusal: Refusal } | null {
  const headers = HeaderList.fromRaw(rawHeaders);
  const [host, ...more] = headers.all('Host');
  if (host === undefined || more.length > 0 || !hosts.has(host.toLowerCase())) {
    const message = 'Gatehouse answers only to its own address: one Host header with a loopback name and its port';
    return { reason: 'foreign-host', refusal: new Refusal('foreign-host', message) };
  }
  const foreignOrigin = headers.all('Origin').some((origin) => {
    const value = origin.toLowerCase();
    return !value.startsWith('https://') || !hosts.has(value.slice('https://'.length));
  });
  if (foreignOrigin || headers.has('Sec-Fetch-Site')) {
    return { reason: 'foreign-origin', refusal: new Refusal('foreign-origin', 'Gatehouse does not answer web pages') };
  }
  return null;
}
