import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import type { Bench, Contender } from '../harness/section.ts';
import { quantile } from '../harness/statistics.ts';
import type { Field, Peer } from '../peers/field.ts';

const P50 = 'p50 ms';
const P95 = 'p95 ms';
/** Logs of a round, one after another. */
const LOGS = 40;
const SECRETS = 5;

/** How long a log takes to begin, with and without Secrets of its pod to be read before. */
export async function firstByte(bench: Bench, field: Field): Promise<void> {
  const gateway = peerCalled(field, 'Gatehouse');
  const direct = peerCalled(field, 'direct');
  for (const away of [0, 10]) {
    // Pods of one name have the same Secrets, which the gateway has read a moment ago.
    const pod = (secrets: number, name: string | number) => `secrets-${secrets}-away-${away}-of-${name}`;
    let next = 0;
    const cold = `Gatehouse, ${SECRETS} Secrets that nobody has read`;
    await bench.compare({
      title: `a log begins, of an API server ${away} ms away`,
      metrics: { [P50]: 1, [P95]: 1 },
      contenders: [
        timed('direct', direct, () => pod(SECRETS, 'one')),
        timed('Gatehouse, no Secrets', gateway, () => pod(0, 'one')),
        timed(`Gatehouse, ${SECRETS} Secrets read a moment ago`, gateway, () => pod(SECRETS, 'one')),
        timed(cold, gateway, () => {
          next += 1;
          return pod(SECRETS, next);
        }),
      ],
      targets: [{ metric: P50, contender: cold, peer: null, atMost: 100 + away }],
    });
  }
}

function peerCalled({ peers }: Field, name: string): Peer {
  const found = peers.find((peer) => peer.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

function timed(name: string, { way, prefix }: Peer, podName: () => string): Contender {
  const read = (file: string | null | undefined) => (file == null ? undefined : readFileSync(file));
  const { ca, cert, key } = { ca: read(way.tls?.ca), cert: read(way.tls?.cert), key: read(way.tls?.key) };
  return {
    name,
    async sample() {
      const agent = new Agent({ ca, cert, key, keepAlive: true, maxSockets: 1 });
      const times: number[] = [];
      // The first has to connect.
      for (let log = 0; log <= LOGS; log += 1) {
        const path = `${prefix}/api/v1/namespaces/default/pods/${podName()}/log`;
        const took = await firstByteOf(agent, `https://${way.host}:${way.port}${path}`);
        if (log > 0) times.push(took);
      }
      agent.destroy();
      times.sort((one, other) => one - other);
      return { [P50]: quantile(times, 0.5), [P95]: quantile(times, 0.95) };
    },
  };
}

/** Milliseconds. */
function firstByteOf(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    get(url, { agent }, (response) => {
      let first: number | null = null;
      response.on('data', () => {
        first ??= performance.now() - began;
      });
      response.once('end', () => {
        if (response.statusCode === 200 && first !== null) resolve(first);
        else reject(new Error(`${url}: ${response.statusCode}`));
      });
      response.once('error', reject);
    }).once('error', reject);
  });
}
