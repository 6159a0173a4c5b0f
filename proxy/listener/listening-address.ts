import { isIPv6, type Server } from 'node:net';

/** The address cannot be had. `code` is Node's: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** @throws {ListenError} */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const code = error.code ?? 'EUNKNOWN';
      const words = WHY_NOT[code] ?? error.message;
      reject(new ListenError(code, `Gatehouse cannot listen on ${bracketed(host)}:${port}: ${words}`, error));
    };
    server.once('error', failed);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port; choose another or let Gatehouse choose one (port 0)',
  EACCES: 'ports below 1024 are for the superuser; choose a higher one',
  EADDRNOTAVAIL: 'this machine has no such address',
};

export function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** A client cannot call "any address"; the server's certificate names loopback. */
export function reachable(host: string): string {
  return isAnyAddress(host) ? '127.0.0.1' : host;
}

export function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
