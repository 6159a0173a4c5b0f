import { readFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';

export type HeaderFields = OutgoingHttpHeaders;

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: string;
}

interface KubeconfigFile {
  readonly clusters: ReadonlyArray<{ name: string; cluster: { server: string } & Record<string, string> }>;
  readonly users: ReadonlyArray<{ name: string; user: Record<string, string> }>;
}

/** What a gateway kubeconfig holds, for clients that are not kubectl. */
export interface GatewayConnection {
  readonly url: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @param slug the cluster whose path and certificate are meant; the first where nothing is said. */
export async function gatewayConnection(kubeconfig: string, slug?: string): Promise<GatewayConnection> {
  const config = parse(await readFile(kubeconfig, 'utf8')) as KubeconfigFile;
  const isMeant = ({ name }: { readonly name: string }): boolean => slug === undefined || name === `gatehouse/${slug}`;
  const { cluster } = config.clusters.find(isMeant) ?? { cluster: { server: '' } };
  const { user } = config.users.find(isMeant) ?? { user: {} };
  const material = async (from: Record<string, string>, name: string): Promise<Buffer> => {
    const inline = from[`${name}-data`];
    if (inline !== undefined) return Buffer.from(inline, 'base64');
    return readFile(resolve(dirname(kubeconfig), from[name] ?? ''));
  };
  const [ca, cert, key] = await Promise.all([
    material(cluster, 'certificate-authority'),
    material(user, 'client-certificate'),
    material(user, 'client-key'),
  ]);
  return { url: cluster.server, ca, cert, key };
}

/**
 * One request, with exactly the headers given, under the cluster's prefix.
 * @param onHead called as soon as the head of the answer is there.
 */
export async function rawRequest(
  kubeconfig: string,
  method: string,
  target: string,
  headers: HeaderFields,
  body?: string,
  onHead: () => void = () => undefined,
): Promise<RawAnswer> {
  const { url, ca, cert, key } = await gatewayConnection(kubeconfig);
  const { hostname, port, pathname } = new URL(url);
  // Node frames the body of a DELETE only when told its length.
  const framed = body === undefined ? headers : { 'Content-Length': Buffer.byteLength(body), ...headers };
  return new Promise((done, reject) => {
    const outgoing = httpsRequest(
      {
        hostname,
        port,
        method,
        path: pathname.replace(/\/$/, '') + target,
        headers: framed,
        ca,
        cert,
        key,
        agent: false,
      },
      (incoming) => {
        onHead();
        const lines: Array<readonly [string, string]> = [];
        for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
          lines.push([incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '']);
        }
        text(incoming).then(
          (received) => done({ status: incoming.statusCode ?? 0, headers: lines, body: received }),
          reject,
        );
      },
    );
    outgoing.once('error', reject);
    // Beside a text Node would write the head as UTF-8 too, which headers are already.
    outgoing.end(body === undefined ? undefined : Buffer.from(body));
  });
}
