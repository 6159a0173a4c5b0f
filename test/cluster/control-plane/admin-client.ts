import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { CertificateFiles } from './certificates.ts';

/** What the harness itself asks of the API server, as a member of system:masters. */
export interface AdminClient {
  /** The status code of a GET, 0 when there is no answer. */
  status(path: string): Promise<number>;
  /**
   * The object or list at a path.
   * @throws Error on any answer but 200
   */
  get<T>(path: string): Promise<T>;
  /** @throws Error on any answer but 201 */
  create(path: string, object: unknown): Promise<void>;
}

export function createAdminClient(server: string, authority: CertificateFiles, admin: CertificateFiles): AdminClient {
  async function ask(method: string, path: string, sent?: unknown): Promise<{ code: number; body: string }> {
    const [ca, cert, key] = await Promise.all(
      [authority.certificate, admin.certificate, admin.privateKey].map((file) => readFile(file)),
    );
    return new Promise((done) => {
      const none = () => done({ code: 0, body: '' });
      const headers = { 'Content-Type': 'application/json' };
      const outgoing = request(
        server + path,
        { method, headers, ca, cert, key, agent: false, timeout: 5_000 },
        (incoming) => text(incoming).then((body) => done({ code: incoming.statusCode ?? 0, body }), none),
      );
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', none);
      outgoing.end(sent === undefined ? undefined : JSON.stringify(sent));
    });
  }

  return {
    status: async (path) => (await ask('GET', path)).code,
    async get<T>(path: string) {
      const { code, body } = await ask('GET', path);
      if (code !== 200) throw new Error(`GET ${path}: ${code} ${body}`);
      return JSON.parse(body) as T;
    },
    async create(path, object) {
      const { code, body } = await ask('POST', path, object);
      if (code !== 201) throw new Error(`POST ${path}: ${code} ${body}`);
    },
  };
}
