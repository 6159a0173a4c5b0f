import { isIPv6 } from 'node:net';
import { inspect } from 'node:util';

const DEFAULT_PORTS = { http: 80, https: 443, socks5: 1080 } as const;

export type ProxyProtocol = keyof typeof DEFAULT_PORTS;

/** A proxy between the gateway and an API server. Its password is in no text, JSON or log that is made of it. */
export class UpstreamProxy {
  readonly protocol: ProxyProtocol;
  readonly host: string;
  readonly port: number;
  readonly #username: string;
  readonly #password: string;

  constructor(protocol: ProxyProtocol, host: string, port: number, username: string, password: string) {
    this.protocol = protocol;
    this.host = host;
    this.port = port;
    this.#username = username;
    this.#password = password;
  }

  /** The user name and password of its URL; null without them. */
  credentials(): { readonly username: string; readonly password: string } | null {
    if (this.#username === '' && this.#password === '') return null;
    return { username: this.#username, password: this.#password };
  }

  equals(other: UpstreamProxy | null): boolean {
    return (
      other !== null &&
      this.toString() === other.toString() &&
      this.#username === other.#username &&
      this.#password === other.#password
    );
  }

  /** Where it is, for messages. */
  toString(): string {
    return `${this.protocol}://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * Reads `proxy-url` as client-go does (`clientcmd.parseProxyURL`): http, https or socks5.
 * @param from what the URL is called in the problem.
 */
export function readProxyUrl(
  text: string,
  from: string,
): { readonly proxy: UpstreamProxy } | { readonly problem: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { problem: `${from} is not a URL` };
  }
  const scheme = url.protocol.slice(0, -1);
  // socks5h says only that the proxy resolves the name, which it does here in any case, as it does for kubectl.
  const protocol = scheme === 'socks5h' ? 'socks5' : scheme;
  if (protocol !== 'http' && protocol !== 'https' && protocol !== 'socks5') {
    return { problem: `${from} begins with "${scheme}"; http, https and socks5 are known` };
  }
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  const host = isIPv6(bare) ? bare : url.hostname;
  if (host === '') return { problem: `${from} names no host` };
  try {
    const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    const port = url.port === '' ? DEFAULT_PORTS[protocol] : Number(url.port);
    return { proxy: new UpstreamProxy(protocol, host, port, username, password) };
  } catch {
    return { problem: `${from} has a user name or password with a broken percent sign` };
  }
}
