import { Button } from '@mantine/core';
import type { DecidedRecord, FinishedRecord } from '../../../model/journal-record.ts';
import { resourceName } from '../../../model/request-words.ts';
import { useInvoke } from '../../live/bridge.ts';
import { identityWords, sessionWords } from '../../live/identity-words.ts';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation } from '../../live/navigation.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DetailsPanel } from '../../ui/details-panel.tsx';
import { CodeBlock, type Fact, Facts, Section } from '../../ui/facts.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { sentence } from '../../ui/sentence.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { byteSize, clockTime, duration, exactTime } from '../../ui/time-words.ts';
import styles from './activity.module.css';
import { EndStreamButton } from './end-stream.tsx';
import type { ApprovalTrail, JournalRow } from './journal-rows.ts';
import { rowLine, rowOutcome, stateWords } from './row-words.ts';
import { endedWords, portLines, secretsRead, toldWords, unreadLines } from './stream-words.ts';

/** As the contract has it. */
const COPIED_AT_MOST = 50;

/** One row of the journal in full: why it was decided so, as whom it ran, how long it took. */
export function RowDetails({ row, onClose }: { readonly row: JournalRow; readonly onClose: () => void }) {
  const approvals = useLive('approvals.list').data;
  const invoke = useInvoke();
  const outcome = rowOutcome(row, Date.now());
  return (
    <DetailsPanel id="activity" title={rowLine(row, approvals)} onClose={onClose}>
      <StateBadge tone={outcome.tone} word={outcome.word} filled />
      {row.kind === 'request' ? <RequestSections row={row} /> : null}
      {row.kind === 'approval' ? <TrailSection trail={row.trail} /> : null}
      {row.kind === 'event' ? <EventSections row={row} /> : null}
      <Section title="Record">
        <CopyButton label="Copy as JSON" copy={() => invoke('journal.copy', recordsOf(row))} />
      </Section>
    </DetailsPanel>
  );
}

/** The records of a row by their `seq`; of a very long trail the newest. */
function recordsOf(row: JournalRow): number[] {
  if (row.kind === 'event') return [row.record.seq];
  const records = row.kind === 'approval' ? row.trail : [...row.trail, row.decided, ...row.ownReads, row.finished];
  return records.flatMap((record) => (record === null ? [] : [record.seq])).slice(-COPIED_AT_MOST);
}

/** What the journal says of an approval, step by step. */
function TrailSection({ trail }: { readonly trail: ApprovalTrail }) {
  return (
    <Section title="History of the approval">
      <ol className={styles.trail}>
        {trail.map((step) => {
          const { tone, word } = stateWords(step.state);
          // What follows a review (its grant used or expired) carries the reviewer on, who did nothing more.
          const reviewed = step.state === 'APPROVED' || step.state === 'DENIED';
          return (
            <li key={step.seq}>
              <time dateTime={step.time} title={exactTime(Date.parse(step.time))}>
                {clockTime(Date.parse(step.time))}
              </time>
              <StateBadge tone={tone} word={word} />
              {reviewed && step.by !== null ? <Identifier>{step.by}</Identifier> : null}
              {reviewed && step.comment ? <span>“{step.comment}”</span> : null}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

/** Each with its code, by which it is found in the journal. */
function signWords(signs: DecidedRecord['signs']) {
  if (signs === undefined) return null;
  return signs.map(({ code, says }) => (
    <div key={`${code} ${says}`}>
      {sentence(says)} <Identifier>{code}</Identifier>
    </div>
  ));
}

function EventSections({ row }: { readonly row: Extract<JournalRow, { kind: 'event' }> }) {
  return (
    <Section title="Event">
      <Facts
        facts={[
          { term: 'When', value: exactTime(Date.parse(row.time)) },
          { term: 'Record', value: String(row.seq) },
        ]}
      />
      <CodeBlock label="The record">{JSON.stringify(row.record, null, 2)}</CodeBlock>
    </Section>
  );
}

function RequestSections({ row }: { readonly row: Extract<JournalRow, { kind: 'request' }> }) {
  const { decided, finished, ownReads } = row;
  const { decision, request, approval } = decided;
  const ended = finished === null ? null : endedWords(finished);
  const unread = finished === null ? [] : unreadLines(finished);
  return (
    <>
      <Section title="Why">
        {decision.message === '' ? null : <p>{sentence(decision.message)}</p>}
        <Facts
          facts={[
            { term: 'Rule', value: decision.rule },
            { term: 'Signs', value: signWords(decided.signs) },
            { term: 'Also matched', value: decision.matchedRules.filter((rule) => rule !== decision.rule).join(', ') },
            { term: 'Code', value: finished?.code ?? decision.code },
            { term: 'Policy', value: decision.policyDigest.slice(0, 12) },
          ]}
        />
        {decision.why === undefined ? null : (
          <CodeBlock label="What each rule made of it">{decision.why.join('\n')}</CodeBlock>
        )}
      </Section>
      <Section title="Who">
        <Facts
          facts={[
            { term: 'Person', value: decided.principal.user },
            { term: 'From', value: <span>{sessionWords(decided.principal)}</span> },
            { term: 'Acts as', value: identityWords(decided.effective) ?? <span>no one else</span> },
            { term: 'Credential', value: decided.credential },
          ]}
        />
      </Section>
      <Section title="Request">
        <CodeBlock label="Method and target">{`${request.method} ${request.target}`}</CodeBlock>
        <Facts
          facts={[
            { term: 'Cluster', value: decided.cluster },
            {
              term: 'Verb',
              value: request.policyVerb === request.verb ? request.verb : `${request.policyVerb} (${request.verb})`,
            },
            { term: 'Resource', value: resourceName(request) },
            { term: 'Namespace', value: request.namespace },
            { term: 'Name', value: request.name },
            { term: 'Key', value: request.revealKey ?? null },
            { term: 'Upgrade', value: request.upgrade },
            { term: 'Command', value: request.kubectlCommand },
            { term: 'User agent', value: request.userAgent },
          ]}
        />
      </Section>
      {approval ? (
        <Section title="Approval">
          <Facts
            facts={[
              { term: 'Code', value: approval.code },
              { term: 'By', value: approval.by },
              { term: 'Waited', value: <span>{duration(approval.waitedMs)}</span> },
            ]}
          />
        </Section>
      ) : null}
      {row.trail.length > 0 ? <TrailSection trail={row.trail} /> : null}
      {ownReads.length > 0 ? (
        <Section title="Read by Gatehouse">
          <p>Before the first byte, to keep their values out of it. Nobody was shown them.</p>
          <Facts facts={[{ term: 'Secrets', value: secretsRead(ownReads) }]} />
        </Section>
      ) : null}
      <Section title="Result">
        {finished === null ? (
          <Unfinished auditId={decided.auditId} />
        ) : (
          <Facts
            facts={[
              { term: 'Status', value: String(finished.status) },
              { term: 'Ended', value: ended === null ? null : <span>{ended}</span> },
              ...streamFacts(finished),
              {
                term: finished.stream ? 'Redacted' : 'Masked',
                value: finished.maskedValues === 0 ? null : <span>{count(finished.maskedValues, 'value')}</span>,
              },
              {
                term: 'Not looked for',
                value: unread.length === 0 ? null : unread.map((line) => <div key={line}>{line}</div>),
              },
              { term: 'Took', value: <span>{duration(finished.durationMs)}</span> },
              {
                term: 'Upstream',
                value: finished.upstreamMs === null ? null : <span>{duration(finished.upstreamMs)}</span>,
              },
              { term: 'Sent', value: <span>{byteSize(finished.bytesToClient)} to the client</span> },
              { term: 'Received', value: <span>{byteSize(finished.bytesFromClient)} from the client</span> },
            ]}
          />
        )}
      </Section>
      <Section title="Trace">
        <Facts
          facts={[
            { term: 'When', value: exactTime(Date.parse(row.time)) },
            { term: 'Audit-ID', value: decided.auditId },
            { term: 'Record', value: String(row.seq) },
          ]}
        />
      </Section>
    </>
  );
}

/** A request of which no end is written: it may be a stream that is open, and can be ended. */
function Unfinished({ auditId }: { readonly auditId: string }) {
  const stream = useLive('streams.list').data?.find((open) => open.auditId === auditId);
  if (stream === undefined) {
    return (
      <p>
        No end is written. The request is still running, or the gateway stopped before it could say how it ended; then
        it may have reached the cluster.
      </p>
    );
  }
  return (
    <div className={styles.running}>
      <p>It is open{stream.recorded ? ' and recorded' : ', and not recorded'}.</p>
      <EndStreamButton stream={stream} />
    </div>
  );
}

/** What exec, attach or port-forward came to. */
function streamFacts({ auditId, stream }: FinishedRecord): Fact[] {
  if (stream === undefined) return [];
  const { exitCode, error, stdin, transport, recording } = stream;
  const told = toldWords(stream);
  const ports = portLines(stream);
  return [
    { term: 'Exit code', value: typeof exitCode === 'number' ? String(exitCode) : null },
    { term: 'Error', value: error ? <span>{error}</span> : null },
    { term: 'Why', value: told === null ? null : <span>{sentence(told)}</span> },
    { term: 'Ports', value: ports.length === 0 ? null : ports.map((line) => <div key={line}>{line}</div>) },
    {
      term: 'Typed',
      value:
        stdin && stdin.bytes > 0 ? (
          <span title={`SHA-256 ${stdin.sha256}`}>{byteSize(stdin.bytes)} of standard input</span>
        ) : null,
    },
    { term: 'Spoken', value: transport },
    { term: 'Recording', value: recording === null ? <span>none</span> : <ShowRecording id={auditId} /> },
  ];
}

function ShowRecording({ id }: { readonly id: string }) {
  const { go } = useNavigation();
  return (
    <Button size="compact-xs" onClick={() => go('recordings', id)}>
      Show recording
    </Button>
  );
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
