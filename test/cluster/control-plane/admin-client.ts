import { readFileSync } from 'node:fs';
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
  /**
   * Merges into what is there.
   * @throws Error on any answer but 200
   */
  patch(path: string, change: unknown): Promise<void>;
  /** Hands on the events of a watch, until the returned function is called or the server ends it. */
  watch<Event>(path: string, onEvent: (event: Event) => void): () => void;
}

export function createAdminClient(server: string, authority: CertificateFiles, admin: CertificateFiles): AdminClient {
  const [ca, cert, key] = [authority.certificate, admin.certificate, admin.privateKey].map((file) =>
    readFileSync(file),
  );
  const connection = { ca, cert, key, agent: false } as const;

  async function ask(method: string, path: string, sent?: unknown): Promise<{ code: number; body: string }> {
    return new Promise((done) => {
      const none = () => done({ code: 0, body: '' });
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const outgoing = request(
        server + path,
        { ...connection, method, headers: { 'Content-Type': type }, timeout: 30_000 },
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
    async patch(path, change) {
      const { code, body } = await ask('PATCH', path, change);
      if (code !== 200) throw new Error(`PATCH ${path}: ${code} ${body}`);
    },
    watch<Event>(path: string, onEvent: (event: Event) => void) {
      const outgoing = request(server + path, connection, (incoming) => {
        incoming.on('error', () => undefined);
        let rest = '';
        incoming.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) onEvent(JSON.parse(line) as Event);
        });
      });
      outgoing.on('error', () => undefined);
      outgoing.end();
      return () => outgoing.destroy();
    },
  };
}
