import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { connect } from 'node:tls';
import { z } from 'zod';
import { visible } from '../../model/visible-text.ts';
import { MARKER } from './gateway-kubeconfig.ts';

/**
 * Says in the file beside a client kubeconfig, which holds the gateway's certificate authority, which gateway has it. That
 * it lives is asked of its address: whoever answers there with a certificate of this authority is it. A kill leaves no
 * answer, another program has no such certificate, and neither a process number nor a lock of another container is
 * needed.
 */
export interface FileClaim {
  /** The gateway's listener, `https://127.0.0.1:7443`. */
  readonly url: string;
  /** For people. */
  readonly dataFolder: string;
  /** For people. */
  readonly pid: number;
  /**
   * Which loopback the address is of: machines that share a home folder each have their own, and so do containers. Null
   * where it cannot be told.
   */
  readonly network: string | null;
}

/** What became of the gateway that has a file. */
export type Holder =
  | { readonly is: 'gone' }
  | { readonly is: 'alive'; readonly claim: FileClaim }
  | { readonly is: 'unknown'; readonly claim: FileClaim; readonly why: string };

const claimSchema = z.object({
  url: z.url(),
  dataFolder: z.string(),
  pid: z.number().int(),
  network: z.string().nullable(),
});
const LINE = '# gateway: ';
/** Milliseconds for an answer on loopback, from a gateway that may be busy. */
const PATIENCE = 5_000;

/** The claim of this process. */
export function ownClaim(url: string, dataFolder: string): FileClaim {
  return { url, dataFolder, pid: process.pid, network: networkNamespace() };
}

/** The text of a certificate authority's file that claims the files beside it. Readers of PEM pass over what stands before. */
export function claimText(claim: FileClaim, certificate: string): string {
  return `${MARKER}\n${LINE}${JSON.stringify(claim)}\n${certificate}`;
}

/** Null where the text says nothing of a gateway: an older version wrote it. */
function claimIn(text: string): FileClaim | null {
  const line = text.split('\n').find((one) => one.startsWith(LINE));
  if (line === undefined) return null;
  try {
    return claimSchema.parse(JSON.parse(line.slice(LINE.length)));
  } catch {
    return null;
  }
}

/** The certificate in a claiming file. */
function certificateIn(text: string): string {
  const from = text.indexOf('-----BEGIN CERTIFICATE-----');
  return from === -1 ? '' : text.slice(from).trim();
}

/**
 * Looks whether the gateway of a claiming file lives.
 * @param text of the file.
 * @param own the text by which whoever asks would claim it.
 */
export async function lookForHolder(text: string, own: string): Promise<Holder> {
  const [claim, ownClaim] = [claimIn(text), claimIn(own)];
  // Versions before this one wrote no claim, and took over what they found.
  if (claim === null || ownClaim === null) return { is: 'gone' };
  const [certificate, ownCertificate] = [certificateIn(text), certificateIn(own)];
  const isHere = claim.network === ownClaim.network;
  // The data folder's lock is held by whoever asks, and so is the port: the one before is gone.
  if (certificate === ownCertificate && claim.dataFolder === ownClaim.dataFolder) return { is: 'gone' };
  if (isHere && claim.url === ownClaim.url) return { is: 'gone' };
  const answer = await answerAt(claim.url, certificate);
  if (answer === 'this authority') return { is: 'alive', claim };
  if (answer === 'unclear') {
    return { is: 'unknown', claim, why: 'its address takes connections and does not answer' };
  }
  if (isHere) return { is: 'gone' };
  return {
    is: 'unknown',
    claim,
    why: 'it was started on another machine or in another container, which cannot be seen from here',
  };
}

type Answer = 'nobody' | 'somebody else' | 'this authority' | 'unclear';

/** Nobody can be there. */
const NOBODY = new Set(['ECONNREFUSED', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'ENETUNREACH']);
/** The chain is this authority's, and the clock is what is wrong. */
const OUT_OF_TIME = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
/** Another authority's certificate, or no TLS at all: codes of OpenSSL. */
const SOMEBODY_ELSE = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_)/;

function answerAt(url: string, authority: string): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      ca: [authority],
      checkServerIdentity: () => undefined,
    });
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle('unclear'), PATIENCE);
    socket.once('secureConnect', () => settle('this authority'));
    socket.once('error', (error) => settle(answerOf((error as NodeJS.ErrnoException).code ?? '')));
    socket.once('close', () => settle('unclear'));
  });
}

function answerOf(code: string): Answer {
  if (NOBODY.has(code)) return 'nobody';
  if (OUT_OF_TIME.has(code)) return 'this authority';
  return SOMEBODY_ELSE.test(code) ? 'somebody else' : 'unclear';
}

/**
 * Linux: network_namespaces(7), whose numbers are the same on each machine; so its machine-id(5) is needed too, or else its
 * name.
 */
function networkNamespace(): string | null {
  try {
    return `${machine()} ${readlinkSync('/proc/self/ns/net')}`;
  } catch {
    return null;
  }
}

function machine(): string {
  try {
    return readFileSync('/etc/machine-id', 'latin1').trim() || hostname();
  } catch {
    return hostname();
  }
}

/** For a message: which gateway it is. */
export function claimInWords({ url, dataFolder, pid }: FileClaim): string {
  return `the gateway at ${visible(url)} with the data folder ${visible(dataFolder)} (process ${pid})`;
}
