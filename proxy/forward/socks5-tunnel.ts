import { isIP, isIPv4, type Socket } from 'node:net';
import type { UpstreamProxy } from '../clusters/upstream-proxy.ts';
import { readBytes } from './incoming-bytes.ts';
import { ProxyTrouble } from './proxy-trouble.ts';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const USERNAME_AND_PASSWORD = 2;
const NONE_ACCEPTABLE = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** RFC 1928 section 6. */
const REPLIES: Readonly<Record<number, string>> = {
  1: 'failed',
  2: 'does not allow it',
  3: 'has no network route to it',
  4: 'has no route to it',
  5: 'was refused: nothing listens there',
  6: 'gave up: it is too many hops away',
  7: 'does not know CONNECT',
  8: 'does not know this kind of address',
};

/**
 * Asks a SOCKS5 proxy for a tunnel (RFC 1928), with user name and password where the URL has them (RFC 1929). The proxy
 * resolves the name, as it does for kubectl.
 * @throws {ProxyTrouble}
 */
export async function openSocks5Tunnel(
  socket: Socket,
  proxy: UpstreamProxy,
  host: string,
  port: number,
): Promise<void> {
  const credentials = proxy.credentials();
  const methods = credentials === null ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, USERNAME_AND_PASSWORD];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await readBytes(socket, 2);
  if (version !== VERSION) throw new ProxyTrouble(`the proxy ${proxy} does not speak SOCKS5`);
  if (method === USERNAME_AND_PASSWORD && credentials !== null) await signIn(socket, proxy, credentials);
  else if (method === NONE_ACCEPTABLE) {
    throw new ProxyTrouble(`the proxy ${proxy} wants another way of signing in than proxy-url has`);
  } else if (method !== NO_AUTHENTICATION) {
    throw new ProxyTrouble(`the proxy ${proxy} chose a way of signing in that was not offered`);
  }
  socket.write(Buffer.from([VERSION, CONNECT, 0, ...address(host), port >> 8, port & 0xff]));
  const [answered, reply = 1, , kind] = await readBytes(socket, 4);
  if (answered !== VERSION) throw new ProxyTrouble(`the proxy ${proxy} does not speak SOCKS5`);
  if (reply !== 0) throw new ProxyTrouble(`the proxy ${proxy} ${REPLIES[reply] ?? `answered ${reply}`}`);
  await skipAddress(socket, proxy, kind);
}

async function signIn(
  socket: Socket,
  proxy: UpstreamProxy,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<void> {
  const [user, word] = [Buffer.from(username), Buffer.from(password)];
  if (user.length > 255 || word.length > 255) {
    throw new ProxyTrouble(`the user name or password for the proxy ${proxy} is longer than SOCKS5 can say`);
  }
  socket.write(Buffer.from([1, user.length, ...user, word.length, ...word]));
  const [, status] = await readBytes(socket, 2);
  if (status !== 0)
    throw new ProxyTrouble(`the proxy ${proxy} does not accept the user name and password of proxy-url`);
}

function address(host: string): number[] {
  if (isIPv4(host)) return [IPV4, ...host.split('.').map(Number)];
  if (isIP(host) === 6) return [IPV6, ...ipv6Bytes(host)];
  const name = Buffer.from(host);
  if (name.length > 255) throw new ProxyTrouble('the name of the API server is longer than SOCKS5 can say');
  return [NAME, name.length, ...name];
}

/** The sixteen bytes of an IPv6 address. */
function ipv6Bytes(host: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  const plain = dotted === null ? host : `${dotted[1]}${pair(dotted[2], dotted[3])}:${pair(dotted[4], dotted[5])}`;
  const [front = '', back] = plain.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(front), groups(back ?? '')];
  const zeros = new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

function pair(high: string | undefined, low: string | undefined): string {
  return ((Number(high) << 8) | Number(low)).toString(16);
}

/** The address that the proxy calls from; nobody needs it. */
async function skipAddress(socket: Socket, proxy: UpstreamProxy, kind: number | undefined): Promise<void> {
  if (kind === IPV4) await readBytes(socket, 4 + 2);
  else if (kind === IPV6) await readBytes(socket, 16 + 2);
  else if (kind === NAME) await readBytes(socket, ((await readBytes(socket, 1))[0] ?? 0) + 2);
  else throw new ProxyTrouble(`the proxy ${proxy} does not speak SOCKS5`);
}
