import type { Channel } from './protocol.ts';

/** The part of Electron's `process.parentPort` that a host uses. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: unknown[] }) => void): void;
}

/** The line to main. It exists only inside a utility process. */
export function parentChannel(): Channel {
  const { parentPort } = process as unknown as { parentPort: ParentPort };
  return {
    post: (message) => parentPort.postMessage(message),
    onMessage: (listener) => parentPort.on('message', ({ data, ports }) => listener(data, ports)),
  };
}
