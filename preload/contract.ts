import type { z } from 'zod';
import { appCalls, appEvents } from './contract/app.ts';
import { approvalsCalls, approvalsEvents } from './contract/approvals.ts';
import type { Call, Event, Reply } from './contract/call.ts';
import { clustersCalls, clustersEvents } from './contract/clusters.ts';
import { gatewayCalls, gatewayEvents } from './contract/gateway.ts';
import { journalCalls, journalEvents } from './contract/journal.ts';
import { policyCalls, policyEvents } from './contract/policy.ts';
import { recordingsCalls, recordingsEvents } from './contract/recordings.ts';
import { secretsCalls } from './contract/secrets.ts';
import { settingsCalls, settingsEvents } from './contract/settings.ts';
import { signInCalls, signInEvents } from './contract/sign-in.ts';
import { streamsCalls, streamsEvents } from './contract/streams.ts';
import { terminalsCalls, terminalsEvents } from './contract/terminals.ts';
import { workspaceCalls } from './contract/workspace.ts';

export type { AppInfo, Screen } from './contract/app.ts';
export { DOCUMENTS, type DocumentName, type Problem, type Reply } from './contract/call.ts';
export type { ClusterEntry } from './contract/clusters.ts';
export type { GatewayStatus } from './contract/gateway.ts';
export type { RecordingContent, RecordingEntry } from './contract/recordings.ts';
export type { RevealedValue, SecretEntry } from './contract/secrets.ts';
export type { Settings } from './contract/settings.ts';
export { settingsSchema } from './contract/settings.ts';
export type { SignInQuestion } from './contract/sign-in.ts';
export type { TerminalEntry, TerminalInput, TerminalOutput } from './contract/terminals.ts';
export type { Place } from './contract/workspace.ts';
export { placeSchema } from './contract/workspace.ts';

/**
 * Everything the renderer can ask of main, and everything main tells the renderer; `contract/` has a file for each
 * domain. These two values type main's handlers, the bridge that preload exposes, the renderer's client and the test
 * doubles; main checks every argument against them. Nothing here runs.
 */
export const calls = {
  ...appCalls,
  ...settingsCalls,
  ...gatewayCalls,
  ...clustersCalls,
  ...terminalsCalls,
  ...workspaceCalls,
  ...secretsCalls,
  ...approvalsCalls,
  ...streamsCalls,
  ...journalCalls,
  ...recordingsCalls,
  ...policyCalls,
  ...signInCalls,
} as const;

export const events = {
  ...settingsEvents,
  ...gatewayEvents,
  ...clustersEvents,
  ...terminalsEvents,
  ...approvalsEvents,
  ...streamsEvents,
  ...journalEvents,
  ...recordingsEvents,
  ...policyEvents,
  ...signInEvents,
  ...appEvents,
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type Argument<Name extends CallName> = z.input<Calls[Name]['argument']>;
export type Answer<Name extends CallName> = Calls[Name] extends Call<z.ZodType, infer Value> ? Value : never;
/**
 * What answers the calls of one domain, or of all of them: a handler for each, whose argument arrives parsed.
 * @typeParam Caller what a handler is told of who calls.
 */
export type CallHandlers<Domain extends string = string, Caller = unknown> = {
  readonly [Name in Extract<CallName, `${Domain}.${string}`>]: (
    argument: z.output<Calls[Name]['argument']>,
    caller: Caller,
  ) => Answer<Name> | Promise<Answer<Name>>;
};
export type Events = typeof events;
export type EventName = keyof Events;
export type Payload<Name extends EventName> = Events[Name] extends Event<infer Value> ? Value : never;

/** The object that preload puts on `window.gatehouse` of every other document; the renderer has nothing else. */
export interface Bridge {
  invoke<Name extends CallName>(name: Name, argument: Argument<Name>): Promise<Reply<Answer<Name>>>;
  /** Returns an unsubscribe function. */
  on<Name extends EventName>(name: Name, listener: (payload: Payload<Name>) => void): () => void;
}

/** What preload puts on `window.gatehouse` of a terminal's own document, and nothing more. */
export interface TerminalBridge {
  /**
   * Asks for the bytes of the terminal that this document's address names. They come straight from the terminal host: the
   * MessagePort arrives with `window.postMessage({ terminalPort: true }, '*', [port])` of this very window. Messages:
   * {@link TerminalOutput} and {@link TerminalInput}.
   */
  attach(): void;
}
