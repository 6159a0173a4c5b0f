import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an https server, as kubectl sees it (golang.org/x/net/http/httpproxy):
 * `HTTPS_PROXY` or `https_proxy`, unless `NO_PROXY` or `no_proxy` names the server. Loopback is never proxied.
 * @returns the URL with a scheme, or null.
 */
export function proxyFromEnvironment(environment: Environment, host: string, port: number): string | null {
  const proxy = environment['HTTPS_PROXY'] || environment['https_proxy'] || '';
  if (proxy === '') return null;
  const name = host.toLowerCase();
  if (name === 'localhost' || isLoopback(name)) return null;
  const exceptions = (environment['NO_PROXY'] || environment['no_proxy'] || '').toLowerCase().split(',');
  if (exceptions.some((entry) => excepts(entry.trim(), name, port))) return null;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

/** One entry of `NO_PROXY`: `*`, an address, a range of them, or a domain; all but ranges with a port if need be. */
function excepts(entry: string, host: string, port: number): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return inRange(entry, host);
  const { name, onlyPort } = splitPort(entry);
  if (name === '' || (onlyPort !== null && onlyPort !== port)) return false;
  if (isIP(name)) return isIP(host) !== 0 && sameAddress(name, host);
  if (isIP(host)) return false;
  const domain = name.startsWith('*.') ? name.slice(1) : name;
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function splitPort(entry: string): { readonly name: string; readonly onlyPort: number | null } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return { name: bracketed[1] ?? '', onlyPort: portOf(bracketed[2]) };
  if (isIP(entry)) return { name: entry, onlyPort: null };
  const plain = /^([^:]*)(?::(\d+))?$/.exec(entry);
  return { name: plain?.[1] ?? '', onlyPort: portOf(plain?.[2]) };
}

function portOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function isLoopback(host: string): boolean {
  return inRange('127.0.0.0/8', host) || inRange('::1/128', host);
}

function sameAddress(one: string, other: string): boolean {
  return inRange(`${one}/${isIP(one) === 6 ? 128 : 32}`, other);
}

function inRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const longest = isIP(network) === 6 ? 128 : 32;
  if (isIP(network) === 0 || isIP(host) === 0 || !/^\d+$/.test(bits) || Number(bits) > longest) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), familyOf(network));
  return list.check(host, familyOf(host));
}
