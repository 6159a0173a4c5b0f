import { z } from 'zod';
import { byHand, call, event } from './call.ts';

/** A credential plugin asks a person. */
export interface SignInQuestion {
  readonly id: string;
  /** Context of the kubeconfig. */
  readonly context: string;
  /** As the kubeconfig has it. */
  readonly command: string;
  /** What the plugin printed, as text. Never the credential, which goes another way. */
  readonly text: string;
  /** The plugin does not show what is typed, or it is not known whether it does. */
  readonly masked: boolean;
  /** How many more wait until this one ends. */
  readonly others: number;
}

/** A terminal takes no longer line (`MAX_CANON` is 4,095 bytes in Linux), and a control character would be obeyed. */
const line = z
  .string()
  .regex(/^\P{Cc}*$/u, 'no control characters')
  .refine((text) => new TextEncoder().encode(text).length <= 4_000, 'at most 4000 bytes');

/** For the window of its own alone: what is typed there is seen by no other document. */
export const signInCalls = {
  'signIn.question': call<SignInQuestion | null>()(z.void(), ['sign-in']),
  'signIn.answer': byHand<void>()(z.object({ id: z.uuid(), text: line }), ['sign-in']),
  'signIn.cancel': byHand<void>()(z.object({ id: z.uuid() }), ['sign-in']),
} as const;

export const signInEvents = {
  'signIn.changed': event<SignInQuestion | null>(['sign-in']),
} as const;
