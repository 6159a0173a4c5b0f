/*
 * Outlives the test process by a moment: reads the numbers of the processes it must end, one on each line of stdin,
 * and when stdin closes, because the tests are done, failed, or were killed, ends them and removes the folder named by
 * its first argument. It runs in a session of its own, where a Ctrl-C does not reach it.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const graceMilliseconds = 5_000;
const groups = [];
for await (const line of createInterface({ input: process.stdin })) groups.push(Number(line));

// The last started first: the controllers before the API server, and that before etcd.
for (const group of groups.reverse()) signal(group, 'SIGTERM');
const deadline = Date.now() + graceMilliseconds;
while (groups.some((group) => signal(group, 0)) && Date.now() < deadline) await delay(50);
for (const group of groups) signal(group, 'SIGKILL');
await rm(process.argv[2], { recursive: true, force: true, maxRetries: 5 });

/** Signals a whole process group; false when it is gone. */
function signal(group, name) {
  try {
    process.kill(-group, name);
    return true;
  } catch {
    return false;
  }
}
