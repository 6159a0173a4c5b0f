import { z } from 'zod';
import { byHand, call, event } from './call.ts';
import { identifier, namespaceName, slug } from './words.ts';

export interface TerminalEntry {
  readonly id: string;
  readonly cluster: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly production: boolean;
  /** `waiting`: it was open when the app ended, and has no shell yet because its cluster is not connected. */
  readonly state: 'open' | 'exited' | 'waiting';
  readonly exitCode: number | null;
  readonly recording: { readonly state: 'recording' | 'failed' | 'ended'; readonly recordingId: string | null };
  /** The shell's KUBECONFIG does not point at the gateway, as its prompt hook last said. */
  readonly bypass: { readonly kubeconfig: string } | null;
  readonly kubectlMissing: boolean;
  /** Brought back after a restart of the app: where its fresh shell began, and the folder that is gone, if that is why. */
  readonly broughtBack: { readonly folder: string; readonly gone: string | null } | null;
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

export const terminalsCalls = {
  'terminals.list': call<readonly TerminalEntry[]>()(z.void()),
  'terminals.open': byHand<TerminalEntry>()(
    z.object({
      cluster: slug,
      namespace: namespaceName.nullable(),
      columns: z.number().int().min(2).max(1000),
      rows: z.number().int().min(1).max(1000),
    }),
  ),
  'terminals.close': byHand<void>()(identifier),
  'terminals.restart': byHand<TerminalEntry>()(identifier),
  'terminals.setNamespace': byHand<TerminalEntry>()(z.object({ id: identifier, namespace: namespaceName })),
  /** The program that would end with the terminal; null at the shell's prompt. */
  'terminals.foreground': call<string | null>()(identifier),
} as const;

export const terminalsEvents = {
  'terminals.changed': event<readonly TerminalEntry[]>(),
} as const;
