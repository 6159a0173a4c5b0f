/*
 * A thread that asks a gateway for `/version` again and again, beside what a test does to the same gateway: says how long
 * the longest answer took, in milliseconds. A thread of its own, because a test is busy with large bodies itself.
 */
import { Agent, get } from 'node:https';
import { parentPort, workerData } from 'node:worker_threads';

const EVERY = 20;

const { url, ca, cert, key } = workerData;
const agent = new Agent({ keepAlive: true, ca, cert, key });
let longest = 0;

function ask() {
  const began = performance.now();
  get(`${url}/version`, { agent }, (answer) => {
    answer.resume();
    answer.once('end', () => {
      longest = Math.max(longest, answer.statusCode === 200 ? performance.now() - began : Number.POSITIVE_INFINITY);
      setTimeout(ask, EVERY);
    });
  }).once('error', (error) => {
    throw error;
  });
}

parentPort?.on('message', () => {
  parentPort?.postMessage(longest);
  longest = 0;
});
ask();
