import { readFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { inTurns, milliseconds, ordinary, PLAIN, pause, type Scenario } from './scenario.ts';
import { startSurroundings } from './surroundings.ts';

const WANTED = 10_000;
/** Descriptors that the gateway needs beside its two sockets for each watch. */
const SPARE = 500;

/** As many watches at one time as a large team's controllers and screens open. */
export const watches: Scenario = {
  name: 'watches',
  title: `${WANTED} watches at one time`,
  async run() {
    const count = Math.min(WANTED, Math.floor((openFilesAtMost() - SPARE) / 2));
    const surroundings = await startSurroundings();
    const sockets: TLSSocket[] = [];
    try {
      await ordinary(surroundings);
      const before = surroundings.memory();
      const started = performance.now();
      let answered = 0;
      await inTurns(count, 64, async () => {
        const socket = await surroundings.dial();
        sockets.push(socket);
        socket.write(
          `GET ${surroundings.prefix}${PLAIN}?watch=1&every=3600000 HTTP/1.1\r\nHost: 127.0.0.1:${surroundings.port}\r\n\r\n`,
        );
        const first = await new Promise<string>((resolve) =>
          socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1'))),
        );
        if (first.startsWith('HTTP/1.1 200')) answered += 1;
      });
      const opened = performance.now() - started;
      await pause(2_000);
      const memory = surroundings.memory();
      const idle = surroundings.gateway.usage().cpuSeconds;
      await pause(3_000);
      const cpu = ((surroundings.gateway.usage().cpuSeconds - idle) / 3) * 100;
      const during = await ordinary(surroundings);
      for (const socket of sockets) socket.destroy();
      await pause(2_000);
      const after = await ordinary(surroundings);
      const limited =
        count < WANTED ? ` (this machine allows ${openFilesAtMost()} open files; each watch takes two)` : '';
      return [
        { what: 'watches open', figure: `${answered} of ${count}${limited}`, holds: answered === count },
        { what: 'time to open them', figure: `${(opened / 1000).toFixed(1)} s`, holds: null },
        {
          what: 'memory of the gateway',
          figure: `${memory.toFixed(0)} MiB (${before.toFixed(0)} before; ${(((memory - before) * 1024) / count).toFixed(1)} KiB for each watch, of which two TLS sessions are most; the target of 300 MiB is ${memory < 300 ? 'met' : 'missed'})`,
          holds: null,
        },
        { what: 'CPU while they are idle', figure: `${cpu.toFixed(1)} % of one`, holds: cpu < 10 },
        {
          what: 'an ordinary request meanwhile, p50 / p99',
          figure: `${milliseconds(during.p50)} / ${milliseconds(during.p99)}`,
          holds: during.failed === 0,
        },
        {
          what: 'and after they ended',
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

function openFilesAtMost(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 1024);
}
