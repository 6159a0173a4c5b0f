import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { inTurns, milliseconds, ordinary, PLAIN, pause, type Scenario } from './scenario.ts';
import { startSurroundings } from './surroundings.ts';

/** Milliseconds in which the gateway is done with a client that does not get to the point. */
const GIVEN_UP = 27_000;

/** Clients that open connections and hardly say anything: before TLS, without a certificate, and with one. */
export const slowLoris: Scenario = {
  name: 'slow-loris',
  title: 'Slow loris: 1500 connections that never finish a request',
  async run() {
    const surroundings = await startSurroundings();
    const sockets: Socket[] = [];
    let ended = 0;
    const slow = (socket: Socket): void => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.once('close', () => {
        ended += 1;
      });
    };
    try {
      const before = surroundings.memory();
      await inTurns(1_500, 64, async (index) => {
        if (index % 3 === 0) slow(connect({ host: '127.0.0.1', port: surroundings.port }));
        else slow(await surroundings.dial(index % 3 === 1 ? 'good' : 'none'));
      });
      const head = `GET ${surroundings.prefix}${PLAIN} HTTP/1.1\r\nHost: 127.0.0.1:${surroundings.port}\r\nX-Slow: `;
      for (const socket of sockets) if ('encrypted' in socket) socket.write(head);
      const dripping = setInterval(() => {
        for (const socket of sockets) if (socket.writable) socket.write('a');
      }, 1_000);
      const during = await ordinary(surroundings);
      const memory = surroundings.memory();
      await pause(GIVEN_UP);
      clearInterval(dripping);
      const after = await ordinary(surroundings);
      return [
        {
          what: 'an ordinary request meanwhile, p50 / p99',
          figure: `${milliseconds(during.p50)} / ${milliseconds(during.p99)}`,
          holds: during.failed === 0,
        },
        {
          what: 'memory of the gateway',
          figure: `${memory.toFixed(0)} MiB (${before.toFixed(0)} before)`,
          holds: null,
        },
        {
          what: `connections ended after ${GIVEN_UP / 1000} s`,
          figure: `${ended} of ${sockets.length}`,
          holds: ended === sockets.length,
        },
        { what: 'ordinary requests afterwards that failed', figure: String(after.failed), holds: after.failed === 0 },
      ];
    } finally {
      for (const socket of sockets) socket.destroy();
      await surroundings.close();
    }
  },
};

/** Clients that ask for much and do not read it: nothing may pile up for them. */
export const slowReaders: Scenario = {
  name: 'slow-readers',
  title: 'Slow readers: 150 clients that ask for 16 MB and do not read',
  async run() {
    const surroundings = await startSurroundings();
    const sockets: TLSSocket[] = [];
    try {
      await ordinary(surroundings);
      const before = surroundings.memory();
      await inTurns(150, 16, async () => {
        const socket = await surroundings.dial();
        sockets.push(socket.pause());
        socket.write(
          `GET ${surroundings.prefix}${PLAIN}?bytes=16000000 HTTP/1.1\r\nHost: 127.0.0.1:${surroundings.port}\r\n\r\n`,
        );
      });
      await pause(3_000);
      const memory = surroundings.memory();
      const during = await ordinary(surroundings);
      for (const socket of sockets) socket.destroy();
      await pause(1_000);
      const after = await ordinary(surroundings);
      return [
        {
          what: 'memory of the gateway',
          figure: `${memory.toFixed(0)} MiB (${before.toFixed(0)} before; 2400 MB were asked for)`,
          holds: memory - before < 300,
        },
        {
          what: 'an ordinary request meanwhile, p50 / p99',
          figure: `${milliseconds(during.p50)} / ${milliseconds(during.p99)}`,
          holds: during.failed === 0,
        },
        {
          what: 'and after they went',
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
