import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterEach } from 'vitest';
import type { ApprovalRequest } from '../../../model/approval.ts';
import type { JournalEntry } from '../../../model/journal-record.ts';
import type { ApprovalAuthority } from '../../../proxy/approvals/approval-authority.ts';
import { openLocalAuthority } from '../../../proxy/approvals/local-authority.ts';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import { EndedByGateway } from '../../../proxy/ended-by-gateway.ts';
import { Evaluator } from '../../../proxy/evaluation/evaluate.ts';
import { OriginalUser } from '../../../proxy/evaluation/original-user.ts';
import { serveExchange } from '../../../proxy/gateway.ts';
import { LargeBodies } from '../../../proxy/large-bodies/large-bodies.ts';
import type { PipelineParts } from '../../../proxy/pipeline/passage.ts';
import { PodSecrets } from '../../../proxy/pod-secrets/pod-secrets.ts';
import type { PolicySource } from '../../../proxy/policy/policy-source.ts';
import { SeenByCluster } from '../../../proxy/redaction/seen-by-cluster.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { MaskOrigins } from '../../../proxy/rehydration/mask-origins.ts';
import { LiveStreams } from '../../../proxy/streams/live-streams.ts';
import { closeFrame, OPCODE, webSocketFrame } from '../../../proxy/streams/websocket/frames.ts';
import { largeBodyWorker } from '../../../scripts/build/command-line.mjs';
import { loopbackCluster } from '../fixtures/loopback-tls.ts';
import { KEY } from '../masking/requests.ts';
import { document, engineOf } from '../policy/policies.ts';
import {
  type Answering,
  type ClientRequest,
  exchangeOf,
  type Got,
  journalOf,
  type Reply,
  type Timeline,
  upstreamOf,
  valuesOf,
} from './outer-edges.ts';

/** Everything around one pipeline. */
export interface Surroundings {
  /** Rules of the policy in force, YAML as under `rules:`. */
  readonly rules?: string;
  /** What the cluster answers; an empty object where nothing is said. */
  readonly cluster?: Answering;
  /** What the person says to each request for approval, and after how many milliseconds; nothing: nobody is there. */
  readonly person?: { readonly says: 'approve' | 'deny'; readonly after?: number; readonly comment?: string };
  /** Called while a request waits for its person, before they decide. */
  readonly meanwhile?: (approval: ApprovalRequest) => void;
  /** Why the journal cannot be written. */
  readonly journalProblem?: string;
  /** Called with each record before it counts as written; may reject. */
  readonly journal?: (entry: JournalEntry) => Promise<void>;
  /** Where recordings go, if not into a folder of this pipeline's own. */
  readonly sessionsFolder?: string;
  /** Where the API server is served behind its address, such as `/k8s/clusters/c-1`. */
  readonly basePath?: string;
  /** What the gateway reads of a pod before it shows it is asked of the cluster too; else the pod has no Secrets. */
  readonly readsPods?: boolean;
  /** As many last already as can. */
  readonly full?: boolean;
}

export const ALLOW_ALL = '  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}\n';
export const ASK_ALL =
  '  - {id: asked, effect: requireApproval, match: {resources: ["*", "*/*"]}, approval: {level: ownerConfirm}}\n';
export const DENY_ALL = '  - {id: never, effect: deny, match: {resources: ["*", "*/*"]}}\n';
/** A rule that is about whom a write lets its sender act as: the write has to be looked at. */
export const ASK_TO_ACT_AS =
  '  - {id: act-as, effect: requireApproval, match: {actsAs: {any: true}}, approval: {level: ownerConfirm}}\n';
export const MASK_SECRETS = `  - id: masked
    effect: none
    match: {resources: [secrets]}
    obligations: {mask: [{resource: secrets, fields: [data.*, stringData.*]}]}
`;

const opened: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** A pipeline whose outer edges are doubles, and everything in it real. */
export function pipeline(surroundings: Surroundings = {}) {
  const { rules = ALLOW_ALL, cluster: answering = () => ({}), journalProblem: problem = null } = surroundings;
  const timeline: Timeline = [];
  const cluster = clusterOf(timeline, surroundings.basePath ?? '');
  const write = surroundings.journal;
  const recorded = journalOf(timeline, { problem, ...(write === undefined ? {} : { write }) });
  const { upstream, sent } = upstreamOf(timeline, answering);
  const policy = policyOf(rules, timeline);
  const logged: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (_: object, text: string) => logged.push(text) };
  const approvals = approvalsOf(surroundings, recorded.journal, log);
  const streams = new LiveStreams();
  const seen = new SeenByCluster();
  const withoutSecrets = upstreamOf([], () => ({ body: { kind: 'Pod' } })).upstream;
  const sessionsFolder = surroundings.sessionsFolder ?? newFolder();
  const parts: PipelineParts = {
    ...{ policy, approvals, upstream, streams, seen, sessionsFolder, log },
    journal: recorded.journal,
    evaluator: new Evaluator(policy, upstream),
    podSecrets: new PodSecrets(surroundings.readsPods === true ? upstream : withoutSecrets, seen),
    originalUser: new OriginalUser(upstream),
    maskKey: KEY,
    revealsIn: null,
    largeBodies: new LargeBodies({ file: pathToFileURL(largeBodyWorker), log }),
    maskOrigins: new MaskOrigins(),
  };

  const clusters = new Map([['test', cluster]]);
  const isFull = () => (surroundings.full === true ? new Refusal('gateway-busy', 'as many as it can') : null);
  const begin = (asked: ClientRequest) => {
    const { exchange, ...client } = exchangeOf(asked, `/c/test${asked.target}`, { timeline, isFull });
    const served = serveExchange(parts, clusters, exchange).then(() => answerOf(client.got));
    return { ...client, served };
  };
  const beginReveal = (asked: Partial<ClientRequest> = {}) => {
    const target = '/_gatehouse/v1/reveal';
    const whole: ClientRequest = { method: 'POST', body: REVEAL, ...asked, target };
    const { exchange, ...client } = exchangeOf(whole, target, { timeline, isFull });
    const served = serveExchange(parts, clusters, exchange).then(() => answerOf(client.got));
    return { ...client, served };
  };
  return {
    /** Serves one request of a client from its first byte to its last record. */
    serve: (asked: ClientRequest) => begin(asked).served,
    begin,
    /** Asks for one key of a Secret: an object changes what is asked for, a text is the whole body. */
    reveal: (body: object | string = {}, asked: Partial<ClientRequest> = {}) =>
      beginReveal({ body: typeof body === 'string' ? body : { ...REVEAL, ...body }, ...asked }).served,
    beginReveal,
    timeline,
    sent,
    decided: recorded.decided,
    finished: recorded.finished,
    ownReads: recorded.ownReads,
    /** What a person was asked. */
    asked: () => approvals.list(),
    /** The person approves what waits. */
    approve: async () => {
      for (const { id, state } of approvals.list()) {
        if (state === 'PENDING') await approvals.review({ id, verdict: 'approve', by: 'local:ada', comment: null });
      }
    },
    /** Secret values of this cluster that are taken out of logs and errors, in clear. */
    seen: () => seen.of(cluster).values().map(String),
    noteSeen: (value: string) => seen.of(cluster).add(Buffer.from(value)),
    streams,
    logged,
    recordings: () => readdirSync(sessionsFolder),
    recordingPath: (file: string) => join(sessionsFolder, file),
  };
}

const REVEAL = { cluster: 'test', namespace: 'shop', name: 'db', key: 'password', reason: 'the database is down' };

function answerOf(got: Got) {
  return {
    ...got,
    /** The values of a header, in order. */
    header: (name: string) => valuesOf(got.headers, name),
    /** The gateway's own code, of a refusal. */
    code: () => JSON.parse(got.body).details.causes.at(-1).message,
    json: () => JSON.parse(got.body),
  };
}

function clusterOf(timeline: Timeline, basePath: string): Cluster {
  const base = loopbackCluster(6443, null, { basePath });
  let generation = 1;
  return {
    ...base,
    credential: async () => {
      const credential = await base.credential();
      return { ...credential, bearerToken: `token-${generation}`, generation };
    },
    credentialRejected: () => {
      generation += 1;
      timeline.push('credential rejected');
    },
  };
}

/** The real engine behind a folder that is not there; each question of the pipeline itself is noted. */
function policyOf(rules: string, timeline: Timeline): PolicySource {
  const engine = engineOf({ 'p.yaml': document(rules) });
  const loadedAt = '2026-01-01T00:00:00.000Z';
  return {
    decide: (question) => {
      timeline.push(`policy ${question.verb}${question.evaluated === true ? ' evaluated' : ''}`);
      return engine.decide(question);
    },
    state: () => ({
      ...{ status: 'loaded', folder: '', digest: 'digest', loadedAt, policies: [], problems: [] },
      ...{ warnings: [], waiting: null, notices: [] },
    }),
    readAnew: async () => undefined,
    waiting: () => null,
    accept: async () => undefined,
    onChange: () => () => undefined,
    surroundedBy: () => undefined,
    groupsToLookAt: () => [],
    close: async () => undefined,
  };
}

/** The real authority, with a clock that moves only when its person takes their time. */
function approvalsOf(
  { person, meanwhile }: Surroundings,
  journal: PipelineParts['journal'],
  log: PipelineParts['log'],
): ApprovalAuthority {
  let now = 0;
  const seen = new Set<string>();
  const onRecord = (record: Parameters<typeof journal.append>[0]) => journal.append(record, { durable: true });
  const authority = openLocalAuthority({ log, onRecord, monotonic: () => now });
  opened.push(() => authority.close());
  authority.onChange((approval) => {
    if (approval.state !== 'PENDING' || seen.has(approval.id)) return;
    seen.add(approval.id);
    meanwhile?.(approval);
    if (person === undefined) return;
    const { says: verdict, after = 0, comment = null } = person;
    now += after;
    setImmediate(() => void authority.review({ id: approval.id, verdict, by: 'local:ada', comment }));
  });
  return authority;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pipeline-'));
  opened.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An exec over WebSocket, as kubectl 1.30 and later does it: the client's request, and the cluster's end of it. */
export function startPipe() {
  const [far, near] = duplexPair();
  let received = 0;
  far.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  const frame = (channel: number, text: string, masked = false) =>
    webSocketFrame(OPCODE.binary, Buffer.concat([Buffer.from([channel]), Buffer.from(text)]), { masked });
  const accepted: Reply = {
    switched: near,
    headers: [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Protocol', 'v5.channel.k8s.io'],
      ['Set-Cookie', 'a=b'],
    ],
  };
  return {
    accepted,
    request: (query = 'command=sh&stdout=true', what = 'exec'): ClientRequest => ({
      target: `/api/v1/namespaces/shop/pods/web-0/${what}?${query}`,
      headers: [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol: v5.channel.k8s.io',
      ],
    }),
    /** Frames as the cluster sends and as the client does. */
    printed: (text: string) => frame(1, text),
    typed: (text: string) => frame(0, text, true),
    /** Bytes that the cluster got. */
    received: () => received,
    print: (text: string) => void far.write(frame(1, text)),
    /** The command is over. */
    end: (status: object = { metadata: {}, status: 'Success' }) => {
      far.write(frame(3, JSON.stringify(status)));
      far.end(closeFrame(1000, '', false));
    },
  };
}

/** What a journal throws that cannot write, and an upstream that cannot be reached. */
export const diskIsFull = () => new Refusal('journal-unavailable', 'the disk is full');
export const unreachable = () => new Refusal('upstream-unreachable', 'nothing listens there');

/** Why a client is cut off by the gateway itself, such as a certificate that was revoked. */
export function endedByGateway(text: string): Error {
  return new EndedByGateway(new Refusal('stream-revoked', text));
}
