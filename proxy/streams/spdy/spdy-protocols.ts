import type { KubernetesStatus } from '../../refusal.ts';
import { COMMAND_FLOWS } from '../codec/stream-flows.ts';
import { StreamProblem } from '../codec/stream-problem.ts';
import type { OpenedStream, SpdyProtocol } from './spdy-codec.ts';

/**
 * Exec and attach: one stream for each standard stream, named by the header `streamtype`.
 * @param version of `X-Stream-Protocol-Version`; up to 3 an error is plain text.
 */
export function commandStreams(version: number): SpdyProtocol {
  return {
    opened: (headers) => {
      const name = COMMAND_FLOWS.find((known) => known === headers.get('streamtype'));
      if (name === undefined) throw new StreamProblem('stream-unknown', 'a SPDY stream of unknown streamtype');
      return { flow: { name, connection: 0 }, port: null, refused: null };
    },
    lastWord: ({ name }, status) => {
      if (name !== 'error') return null;
      return version >= 4 ? JSON.stringify(status) : status.message;
    },
    mayRefuse: false,
  };
}

/**
 * Port-forward: for each connection a stream of `streamtype: error` and one of `data`, both with its port and request
 * id.
 * @param refusalOf why a port must not be reached; null: it may.
 */
export function portStreams(refusalOf: (port: number) => string | null, mayRefuse: boolean): SpdyProtocol {
  return {
    opened: (headers): OpenedStream => {
      const type = headers.get('streamtype') ?? '';
      const port = headers.get('port') ?? '';
      // Clients before 1.3 sent no request id.
      const request = headers.get('requestid') ?? '0';
      const known = (type === 'error' || type === 'data') && /^\d{1,5}$/.test(port) && /^\d{1,9}$/.test(request);
      if (!known) throw new StreamProblem('stream-unknown', 'a port-forward stream without its type, port or request');
      const name = type === 'error' ? 'port-error' : 'data';
      return { flow: { name, connection: Number(request) }, port: Number(port), refused: refusalOf(Number(port)) };
    },
    lastWord: ({ name }, status: KubernetesStatus) => (name === 'port-error' ? status.message : null),
    mayRefuse,
  };
}
