import { networkInterfaces } from 'node:os';

/** Milliseconds; no event of Node or Electron tells of a VPN that came up. */
const LOOK_AGAIN = 3_000;

/** Calls back when the machine has other addresses than before. @returns what ends it. */
export function onNetworkChange(changed: () => void, addresses: () => string = addressesNow): () => void {
  let before = addresses();
  const timer = setInterval(() => {
    const now = addresses();
    if (now === before) return;
    before = now;
    changed();
  }, LOOK_AGAIN);
  timer.unref();
  return () => clearInterval(timer);
}

function addressesNow(): string {
  return Object.entries(networkInterfaces())
    .flatMap(([name, addresses = []]) => addresses.map(({ address }) => `${name} ${address}`))
    .sort()
    .join('\n');
}
