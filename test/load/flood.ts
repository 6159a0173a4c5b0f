import type { TLSSocket } from 'node:tls';
import { inTurns, milliseconds, ordinary, PLAIN, pause, type Scenario } from './scenario.ts';
import { startSurroundings } from './surroundings.ts';

const CLIENTS = 600;

/** More requests of one session than are served at one time: the rest are told to come again. */
export const flood: Scenario = {
  name: 'flood',
  title: `A flood: ${CLIENTS} requests at one time that do not end`,
  async run() {
    const surroundings = await startSurroundings();
    const sockets: TLSSocket[] = [];
    const answers = new Map<number, number>();
    let withoutRetryAfter = 0;
    try {
      await inTurns(CLIENTS, 64, async () => {
        const socket = await surroundings.dial();
        sockets.push(socket);
        socket.write(
          `GET ${surroundings.prefix}${PLAIN}?bytes=16000000 HTTP/1.1\r\nHost: 127.0.0.1:${surroundings.port}\r\n\r\n`,
        );
        const first = await new Promise<string>((resolve) =>
          socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1'))),
        );
        socket.pause();
        const status = Number(first.split(' ')[1]);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        if (status === 429 && !/^Retry-After: \d+\r$/im.test(first)) withoutRetryAfter += 1;
      });
      const [served, refused] = [answers.get(200) ?? 0, answers.get(429) ?? 0];
      for (const socket of sockets) socket.destroy();
      const ended = performance.now();
      while ((await surroundings.ask('GET', `${PLAIN}/2048`)).status !== 200) await pause(10);
      const recovered = performance.now() - ended;
      const after = await ordinary(surroundings);
      return [
        {
          what: 'served / told to come again',
          figure: `${served} / ${refused}${others(answers)}`,
          holds: served === 200 && served + refused === CLIENTS,
        },
        { what: '429 without Retry-After', figure: String(withoutRetryAfter), holds: withoutRetryAfter === 0 },
        {
          what: 'from the end of the flood to the next request served',
          figure: milliseconds(recovered),
          holds: recovered < 2_000,
        },
        {
          what: 'an ordinary request afterwards, p50 / p99',
          figure: `${milliseconds(after.p50)} / ${milliseconds(after.p99)}`,
          holds: after.failed === 0,
        },
      ];
    } finally {
      for (const socket of sockets) socket.destroy();
      await surroundings.close();
    }
  },
};

/** Answers that nobody expected, by status. */
function others(answers: ReadonlyMap<number, number>): string {
  const odd = [...answers].filter(([status]) => status !== 200 && status !== 429);
  return odd.map(([status, count]) => `, ${count} times ${status}`).join('');
}
