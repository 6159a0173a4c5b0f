import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AdminClient } from './admin-client.ts';
import type { CertificateFiles } from './certificates.ts';

export interface KubeletServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startKubeletServer(parts: {
  readonly authority: CertificateFiles;
  readonly identity: CertificateFiles;
  readonly client: AdminClient;
}): Promise<KubeletServer> {
  const [ca, cert, key] = await Promise.all(
    [parts.authority.certificate, parts.identity.certificate, parts.identity.privateKey].map((file) => readFile(file)),
  );
  const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, (_request, response) => {
    response.writeHead(501).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
