import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { requestHead, say } from '../environment/raw-client.ts';
import { gatewayConnection } from '../environment/raw-request.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { lastDecided, nothingReaches } from './nothing-reached.ts';

const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const REVIEW = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
const MEBIBYTE = 1024 * 1024;

/** What is read of a request has an end, and its sender hears of it. */
export function describeBoundedReading(environment: () => RunningGateway): void {
  describe('more than anybody sends', () => {
    const groups = (count: number): string[] => Array.from({ length: count }, (_, index) => `group-${index}`);
    const head = (bytes: number): string => {
      const filled = (filling: string) => requestHead('GET {cluster}/version', `X: ${filling}`, 'Connection: close');
      return filled('x'.repeat(bytes - filled('').length));
    };

    it.each([2_001, 5_000])('case 67: %i groups of a large directory are read whole', async (count) => {
      const { decideNext } = environment();
      const lines = groups(count).map((group) => `Impersonate-Group: ${group}`);
      const asking = say(
        environment().kubeconfig,
        requestHead(
          `POST {cluster}${REVIEWS}`,
          'Content-Type: application/json',
          `Content-Length: ${REVIEW.length}`,
          'Connection: close',
          'Impersonate-User: eve',
          ...lines,
        ) + REVIEW,
      );
      await decideNext('approve');
      const answer = await asking;
      expect(answer).toMatch(/^HTTP\/1\.1 201 /);
      const { status } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
      expect(status.userInfo.groups).toHaveLength(count + 1);
      expect((await lastDecided(environment())).effective?.groups).toHaveLength(count + 1);
    });

    it.each([64 * 1024 + 1, MEBIBYTE - 200])('case 67: a head of %i bytes is read whole', async (bytes) => {
      expect(await say(environment().kubeconfig, head(bytes))).toMatch(/^HTTP\/1\.1 200 [\s\S]*"gitVersion"/);
    });

    it.each([
      ['a head beyond 1 MiB', () => head(MEBIBYTE + 200)],
      ['a head of 8 MiB', () => head(8 * MEBIBYTE)],
      [
        '10,100 header lines',
        () => requestHead('GET {cluster}/version', ...groups(10_100).map((name) => `X-${name}: 1`)),
      ],
      ['a target beyond 1 MiB', () => requestHead(`GET {cluster}/version?${'x'.repeat(MEBIBYTE)}`)],
    ])('case 67: %s is refused in words that arrive', async (_name, bytes) => {
      const answer = await nothingReaches(environment(), () => say(environment().kubeconfig, bytes()));
      expect(answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*"gatehouse\/head-too-large"/);
    });

    it('case 67: a body beyond 3 MiB is refused in words that arrive, while it is still sent', async () => {
      const lines = ['Content-Type: application/json', `Content-Length: ${16 * MEBIBYTE}`];
      const bytes = requestHead('POST {cluster}/api/v1/namespaces/default/configmaps', ...lines);
      const body = 'x'.repeat(16 * MEBIBYTE);
      const answer = await nothingReaches(environment(), () => say(environment().kubeconfig, bytes + body));
      expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*"gatehouse\/body-too-large"/);
    });

    it('case 67: 220 bodies that trickle in leave others room; each ends in words', async () => {
      const trickling = await Promise.all(Array.from({ length: 220 }, () => trickle()));
      try {
        // Those that find no place among the slow are told so after a second.
        await Promise.race(trickling.map(({ answer }) => answer));
        const status = await firstServed();
        expect(status).toBe(200);
        const answers = await Promise.all(trickling.map(({ answer }) => answer));
        const codes = new Set(answers.map((answer) => /"gatehouse\/([a-z-]+)"/.exec(answer)?.[1]));
        expect([...codes].toSorted()).toEqual(['gateway-busy', 'request-too-slow']);
      } finally {
        for (const { socket, stop } of trickling) {
          stop();
          socket.destroy();
        }
      }
    }, 60_000);

    /** As client-go does, which comes again when it is told to. */
    async function firstServed(): Promise<number> {
      for (;;) {
        const { status } = await environment().request('GET', '/version');
        if (status !== 429) return status;
      }
    }

    /** A POST whose body comes byte by byte. */
    async function trickle(): Promise<{ socket: TLSSocket; answer: Promise<string>; stop: () => void }> {
      const { url, ca, cert, key } = await gatewayConnection(environment().kubeconfig);
      const { hostname, port, host, pathname } = new URL(url);
      const socket = connect({ host: hostname, port: Number(port), ca, cert, key });
      socket.on('error', () => undefined);
      await once(socket, 'secureConnect');
      const lines = ['Content-Type: application/json', 'Content-Length: 1000000', '', ''];
      const path = `${pathname}/api/v1/namespaces/default/configmaps`;
      socket.write([`POST ${path} HTTP/1.1`, `Host: ${host}`, ...lines].join('\r\n'));
      const timer = setInterval(() => socket.writable && socket.write(' '), 500);
      const stop = (): void => clearInterval(timer);
      const answer = (async () => {
        let received = '';
        socket.on('data', (chunk: Buffer) => {
          received += chunk.toString();
        });
        await once(socket, 'close');
        stop();
        return received;
      })();
      return { socket, answer, stop };
    }
  });
}
