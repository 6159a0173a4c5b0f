import { createReadStream } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { MASKERS, type Masker } from './maskers.ts';

/**
 * Masks a file and prints what it took. Arguments: how, the file, and how often before that, so that the figures are
 * those of warm code.
 */
const [how = '', file = '', before = '0'] = process.argv.slice(2);
const masker = MASKERS[how] as Masker;
for (let round = 0; round < Number(before); round += 1) await once();
console.log(JSON.stringify(await once()));

async function once() {
  const started = performance.now();
  const cpu = process.cpuUsage();
  let bytesIn = 0;
  let bytesOut = 0;
  let longestMs = 0;
  let firstIn = 0;
  let firstOut = 0;
  async function* body(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(file, { highWaterMark: 64 * 1024 })) {
      const given = performance.now();
      if (bytesIn === 0) firstIn = given;
      bytesIn += chunk.length;
      yield chunk;
      // Until the next chunk is asked for nothing else runs: this is how long the event loop stands still.
      longestMs = Math.max(longestMs, performance.now() - given);
    }
  }
  let last = performance.now();
  for await (const chunk of masker(body())) {
    if (bytesOut === 0) firstOut = performance.now();
    bytesOut += chunk.length;
    last = performance.now();
  }
  // What a masker does after the last chunk has arrived stands still too.
  if (how === 'json') longestMs = last - started;
  const { user, system } = process.cpuUsage(cpu);
  const megabytes = bytesIn / 1e6;
  return {
    mbPerSecond: megabytes / ((performance.now() - started) / 1000),
    cpuMsPerMb: (user + system) / 1000 / megabytes,
    firstByteMs: firstOut - firstIn,
    longestMs,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    bytesOut,
  };
}
