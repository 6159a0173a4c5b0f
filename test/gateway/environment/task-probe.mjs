/*
 * Loaded into a gateway before its own program (`node --import`): says over the channel of its parent how long the longest
 * task of its event loop took, in milliseconds. On Linux it is time on the processor, so that what else a machine does is
 * not in it; elsewhere the clock's.
 */
import { readFileSync } from 'node:fs';

const EVERY = 2;

/** The main thread's own time: other threads of the process have tasks of their own. */
function now() {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

let last = now();
let longest = 0;
setInterval(() => {
  const time = now();
  longest = Math.max(longest, time - last);
  last = time;
}, EVERY).unref();

process.on('message', () => {
  process.send?.(longest);
  longest = 0;
});
process.channel?.unref();
