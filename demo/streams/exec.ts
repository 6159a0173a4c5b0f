import type { Duplex } from 'node:stream';
import type { Call } from '../api/call.ts';
import { notInDemo } from '../api/status.ts';
export function startExec(_call: Call, _socket: Duplex, _head: Buffer, _auditId: string): void {
  throw notInDemo('exec');
}
