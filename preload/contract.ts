import { z } from 'zod';
import type { ApprovalRequest } from '../model/approval.ts';
import type { JournalRecord } from '../model/journal-record.ts';
import type { LiveStream } from '../model/live-stream.ts';
import type { PolicyState } from '../model/policy-state.ts';
import type { ContextListing } from '../proxy/gateway-door.ts';

/**
 * Everything the renderer can ask of main, and everything main tells the renderer. This one value types main's
 * handlers, the bridge that preload exposes, the renderer's client and the test doubles; main checks every argument
 * against it. Nothing here runs.
 */

/** A call's argument schema, and its answer's type (a type only: main is trusted by the renderer, not the reverse). */
export interface Call<Argument extends z.ZodType, Answer> {
  readonly argument: Argument;
  /** Phantom: carries the type, never a value. */
  readonly answer?: Answer;
}
function call<Answer>() {
  return <Argument extends z.ZodType>(argument: Argument): Call<Argument, Answer> => ({ argument });
}
export interface Event<Payload> {
  /** Phantom: carries the type, never a value. */
  readonly payload?: Payload;
}
const event = <Payload>(): Event<Payload> => ({});

// ---- the words of the contract -------------------------------------------------------------------------------------

const slug = z.string().regex(/^[a-z0-9-]{1,63}$/);
const identifier = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const namespaceName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const objectName = z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/);
const secretKey = z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/);
const reason = z.string().trim().min(1).max(500);
const comment = z.string().max(500).nullable();

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  terminalFontSize: z.number().int().min(9).max(28),
  terminalFontFamily: z.string().max(200),
  screenReaderMode: z.boolean(),
  /** Empty: the login shell. */
  shell: z.string().max(1024),
  revealSeconds: z.number().int().min(5).max(300),
  recordInput: z.boolean(),
  /** Kubeconfig files beside `KUBECONFIG` or `~/.kube/config`. */
  kubeconfigFiles: z.array(z.string().max(4096)).max(64),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Something went wrong: what, why, what to do, and a stable code to quote. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** Lines for "Copy details"; no secrets. */
  readonly details: string;
}

export interface GatewayStatus {
  readonly state: 'starting' | 'running' | 'restarting' | 'failed' | 'stopped';
  /** `https://127.0.0.1:<port>` while running. */
  readonly url: string | null;
  readonly restarts: number;
  readonly problem: Problem | null;
  /** The journal cannot be written, the keystore has no safe backend, … */
  readonly notices: readonly string[];
}

export interface ClusterEntry extends ContextListing {
  readonly state: 'available' | 'connecting' | 'connected' | 'unusable' | 'failed';
  readonly demo: boolean;
  /** Production clusters carry a line in their colour. */
  readonly production: boolean;
}

export interface TerminalEntry {
  readonly id: string;
  readonly cluster: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly production: boolean;
  readonly state: 'open' | 'exited';
  readonly exitCode: number | null;
  readonly recording: { readonly state: 'recording' | 'failed' | 'ended'; readonly recordingId: string | null };
  /** The shell's KUBECONFIG does not point at the gateway, as its prompt hook last said. */
  readonly bypass: { readonly kubeconfig: string } | null;
  readonly kubectlMissing: boolean;
}

/** A Secret as the list shows it: keys, never values or their lengths. */
export interface SecretEntry {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly keys: readonly string[];
  readonly createdAt: string;
  readonly owners: readonly string[];
  readonly immutable: boolean;
}

/** A value that a person was allowed to see, for `expiresAt`. */
export interface RevealedValue {
  /** UTF-8 text, or base64 where the bytes are not text. */
  readonly value: string;
  readonly encoding: 'utf8' | 'base64';
  readonly expiresAt: string;
}

export interface RecordingEntry {
  readonly id: string;
  /** A terminal of the app, or a stream through the gateway; then `id` is the Audit-ID of its request. */
  readonly kind: 'terminal' | 'exec' | 'attach' | 'portforward';
  /** Only an asciicast can be played; `bytes` are JSON lines, to export. */
  readonly format: 'asciicast' | 'bytes';
  readonly title: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly principal: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly end: 'open' | 'exit' | 'closed' | 'crash';
  readonly requests: number;
}

/** What a recording's player gets: an asciicast v3 text, and the API requests as markers. */
export interface RecordingContent {
  readonly entry: RecordingEntry;
  readonly cast: string;
  readonly requests: ReadonlyArray<{
    readonly atMs: number;
    readonly auditId: string;
    readonly label: string;
    readonly outcome: string;
  }>;
}

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly chromium: string;
  readonly node: string;
  readonly platform: string;
  readonly principal: string;
  readonly folders: {
    readonly policy: string;
    readonly data: string;
    readonly recordings: string;
    readonly kubeconfigs: string;
    readonly logs: string;
  };
  readonly kubectl: { readonly path: string; readonly version: string } | null;
  readonly osSandbox: boolean;
}

const journalFilter = z.object({
  cluster: slug.optional(),
  session: identifier.optional(),
  auditId: z.string().max(64).optional(),
  text: z.string().max(200).optional(),
  outcome: z.enum(['allow', 'deny', 'requireApproval', 'refused']).optional(),
  types: z.array(z.enum(['decided', 'finished', 'refused', 'approval', 'gateway'])).optional(),
});

export const calls = {
  'app.info': call<AppInfo>()(z.void()),
  /** Opens one of our own folders in the file manager. */
  'app.openFolder': call<void>()(z.enum(['policy', 'data', 'recordings', 'kubeconfigs', 'logs'])),
  'app.copy': call<void>()(z.string().max(100_000)),

  'settings.read': call<Settings>()(z.void()),
  'settings.write': call<Settings>()(settingsSchema.partial()),

  'gateway.status': call<GatewayStatus>()(z.void()),
  'gateway.restart': call<void>()(z.void()),

  'clusters.list': call<readonly ClusterEntry[]>()(z.void()),
  /** Shows a file dialog; answers the list with what it added. */
  'clusters.addKubeconfig': call<readonly ClusterEntry[]>()(z.void()),
  'clusters.connect': call<ClusterEntry>()(slug),
  'clusters.disconnect': call<void>()(slug),
  /** Starts the demo cluster and connects it. */
  'clusters.startDemo': call<ClusterEntry>()(z.void()),
  'clusters.stopDemo': call<void>()(z.void()),
  /** `export KUBECONFIG='…'` for a terminal outside the app; main puts it on the clipboard too. */
  'clusters.copyOutsideLine': call<string>()(z.void()),

  'terminals.list': call<readonly TerminalEntry[]>()(z.void()),
  'terminals.open': call<TerminalEntry>()(
    z.object({
      cluster: slug,
      namespace: namespaceName.nullable(),
      columns: z.number().int().min(2).max(1000),
      rows: z.number().int().min(1).max(1000),
    }),
  ),
  'terminals.close': call<void>()(identifier),
  'terminals.restart': call<TerminalEntry>()(identifier),
  'terminals.setNamespace': call<TerminalEntry>()(z.object({ id: identifier, namespace: namespaceName })),

  'secrets.namespaces': call<readonly string[]>()(slug),
  'secrets.list': call<readonly SecretEntry[]>()(z.object({ cluster: slug, namespace: namespaceName.nullable() })),
  /** Waits for the approval; the value comes back once and is kept nowhere. */
  'secrets.reveal': call<RevealedValue>()(
    z.object({ cluster: slug, namespace: namespaceName, name: objectName, key: secretKey, reason }),
  ),

  'approvals.list': call<readonly ApprovalRequest[]>()(z.void()),
  'approvals.review': call<ApprovalRequest>()(
    z.object({ id: identifier, verdict: z.enum(['approve', 'deny']), comment }),
  ),

  /** Exec, attach and port-forward that are open now; the oldest first. */
  'streams.list': call<readonly LiveStream[]>()(z.void()),
  /** Its client prints who ended it and why. False: it had ended already. */
  'streams.end': call<boolean>()(z.object({ auditId: identifier, comment })),

  'journal.query': call<readonly JournalRecord[]>()(
    z.object({ filter: journalFilter, limit: z.number().int().min(1).max(1000), before: z.number().int().optional() }),
  ),

  'recordings.list': call<readonly RecordingEntry[]>()(z.void()),
  'recordings.read': call<RecordingContent>()(identifier),
  /** Opens the player's own window. */
  'recordings.play': call<void>()(identifier),
  'recordings.export': call<void>()(identifier),

  'policy.state': call<PolicyState>()(z.void()),
} as const;

export const events = {
  'settings.changed': event<Settings>(),
  'gateway.changed': event<GatewayStatus>(),
  'clusters.changed': event<readonly ClusterEntry[]>(),
  'terminals.changed': event<readonly TerminalEntry[]>(),
  'approvals.changed': event<ApprovalRequest>(),
  'streams.changed': event<readonly LiveStream[]>(),
  'journal.appended': event<readonly JournalRecord[]>(),
  'recordings.changed': event<readonly RecordingEntry[]>(),
  'policy.changed': event<PolicyState>(),
  /** A notification was clicked, or the menu chose a screen: show it. */
  navigate: event<{ readonly screen: Screen; readonly item: string | null }>(),
} as const;

export const screens = ['clusters', 'terminal', 'secrets', 'approvals', 'activity', 'recordings', 'settings'] as const;
export type Screen = (typeof screens)[number];

// ---- types made from the schema -------------------------------------------------------------------------------------

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type Argument<Name extends CallName> = z.input<Calls[Name]['argument']>;
export type Answer<Name extends CallName> = Calls[Name] extends Call<z.ZodType, infer Value> ? Value : never;
export type Events = typeof events;
export type EventName = keyof Events;
export type Payload<Name extends EventName> = Events[Name] extends Event<infer Value> ? Value : never;

/** What crosses the bridge for a call: a tagged result, so that an error keeps its code. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

/** The object that preload puts on `window.gatehouse`; the renderer has nothing else. */
export interface Bridge {
  invoke<Name extends CallName>(name: Name, argument: Argument<Name>): Promise<Reply<Answer<Name>>>;
  /** Returns an unsubscribe function. */
  on<Name extends EventName>(name: Name, listener: (payload: Payload<Name>) => void): () => void;
  /**
   * The bytes of one terminal, straight from the terminal host. Preload receives the MessagePort from main and passes
   * it on with `window.postMessage({ terminalPort: id }, '*', [port])`; this call asks for it. Messages: {@link TerminalOutput} and {@link TerminalInput}.
   */
  attachTerminal(id: string): void;
}

/** Terminal host -> renderer, over the terminal's own port. */
export type TerminalOutput =
  | { readonly type: 'output'; readonly data: string }
  | { readonly type: 'exit'; readonly code: number };

/** Renderer -> terminal host. The host pauses the shell above 100,000 unacknowledged characters and resumes below 5,000. */
export type TerminalInput =
  | { readonly type: 'input'; readonly data: string }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'acknowledge'; readonly characters: number };
