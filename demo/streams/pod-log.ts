import type { Call } from '../api/call.ts';
import { notInDemo } from '../api/status.ts';
export function sendPodLog(_call: Call): void {
  throw notInDemo('logs');
}
