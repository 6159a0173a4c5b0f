import { authorInWords } from '../../model/caller.ts';
import type { DecidedRecord, FinishedRecord } from '../../model/journal-record.ts';
import { identityInWords, requestInWords, sessionInWords } from '../approvals/request-in-words.ts';
import type { Field } from '../command/printable.ts';
import { endInWords } from './entry-in-words.ts';
import { endOf, type JournalEntry } from './journal-entry.ts';

/** All that the journal has of one request, each part oldest first. */
export interface Story {
  readonly request: JournalEntry;
  /** The states of its approval. */
  readonly approvals: readonly JournalEntry[];
  /** Secrets that the gateway read for it. */
  readonly reads: readonly JournalEntry[];
}

/** What is known of one request, as names and values. */
export function storyInFields({ request, approvals, reads }: Story): Field[] {
  const { record } = request;
  return [
    ['audit id', 'auditId' in record ? record.auditId : ''],
    ['records', recordsInWords(request)],
    ...(record.type === 'decided' ? decidedFields(record, record.time) : []),
    ...approvals.flatMap(({ record: state }): Field[] => {
      if (state.type !== 'approval') return [];
      const by = state.by === null ? '' : ` by ${authorInWords({ by: state.by, caller: state.caller })}`;
      return [
        ['approval', `${state.time}  ${state.code} ${state.state}${by}${state.comment ? `: ${state.comment}` : ''}`],
      ];
    }),
    ...reads.flatMap(({ record: read }): Field[] => {
      if (read.type !== 'own-read') return [];
      const as = read.effective === null ? '' : ` as ${identityInWords(read.effective)}`;
      const names = read.reads.map(({ name, auditId }) => `${name} (${auditId})`).join(', ');
      return [['read for it', `Secrets in ${read.namespace}${as}, by the gateway itself: ${names}`]];
    }),
    ...endFields(request),
  ];
}

function recordsInWords({ record, end }: JournalEntry): string {
  return end === null ? `${record.seq}` : `${record.seq} and ${end.seq}`;
}

function decidedFields(record: DecidedRecord, time: string): Field[] {
  const { principal, effective, credential, cluster, request, decision, approval, signs = [] } = record;
  return [
    ['when', time],
    ['who', `${principal.user} [${principal.groups.join(', ')}], from ${sessionInWords(principal.session)}`],
    [
      'as whom',
      effective === null
        ? `the credential itself (${credential})`
        : `${identityInWords(effective)}, by the credential ${credential}`,
    ],
    ['cluster', cluster],
    ['what', requestInWords(request)],
    ['request', `${request.method} ${request.target}`],
    ...given('upgrade to', request.upgrade),
    ...given('kubectl', request.kubectlCommand),
    ...given('client', request.userAgent),
    ['outcome', `${decision.outcome}${decision.code === null ? '' : ` ${decision.code}`}`],
    ...given('rule', decision.rule),
    ...given('message', decision.message),
    ...given('rules that fit', decision.matchedRules.join(', ')),
    ...(decision.why ?? []).map((why): Field => ['why', why]),
    ['policy', decision.policyDigest],
    ...signs.map(({ code, says }): Field => ['sign', `${code}: ${says}`]),
    ...(approval === null
      ? []
      : [
          [
            'waited',
            `${Math.round(approval.waitedMs / 1_000)} s for ${approval.code}: ${approval.state}${approval.by === null ? '' : ` by ${approval.by}`}`,
          ] as const,
        ]),
  ];
}

function endFields(request: JournalEntry): Field[] {
  const end = endOf(request);
  if (end === null) return [['end', 'none on record: it is under way, or the gateway was killed before it ended']];
  const time = request.end?.time ?? request.record.time;
  return [
    ['end', `${time}  ${endInWords(end)}`],
    ['bytes', `${end.bytesToClient} to the client, ${end.bytesFromClient} from it`],
    ...given('cluster took', end.upstreamMs === null ? null : `${Math.round(end.upstreamMs)} ms`),
    ...given('ended by', end.ended),
    ...streamFields(end),
    ...(end.unread ?? []).map(({ resource, name, why }): Field => ['not looked for', `${resource} ${name}: ${why}`]),
  ];
}

function streamFields({ stream }: FinishedRecord): Field[] {
  if (stream === undefined) return [];
  const { transport, told, exitCode, error, stdin, ports = [], redactedValues, recording } = stream;
  return [
    ['stream', transport],
    ...given('told', told),
    ...given('exit code', exitCode === undefined || exitCode === null ? null : String(exitCode)),
    ...given('error', error),
    ...given('stdin', stdin === undefined ? null : `${stdin.bytes} bytes, SHA-256 ${stdin.sha256}`),
    ...ports.map(
      ({ port, connections, bytesIn, bytesOut }): Field => [
        'port',
        `${port}: ${connections} connections, ${bytesIn} bytes in, ${bytesOut} out`,
      ],
    ),
    ['taken out', `${redactedValues} values of Secrets`],
    ['recording', recording === null ? 'none' : `sessions/${recording}`],
  ];
}

function given(name: string, value: string | null | undefined): Field[] {
  return value === null || value === undefined || value === '' ? [] : [[name, value]];
}
