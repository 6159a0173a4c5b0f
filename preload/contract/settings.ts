import { z } from 'zod';
import { TERMINAL_TEXT } from '../../model/terminal-text.ts';
import { call, event } from './call.ts';

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  terminalFontSize: z.number().int().min(TERMINAL_TEXT.least).max(TERMINAL_TEXT.most),
  terminalFontFamily: z.string().max(200),
  screenReaderMode: z.boolean(),
  /** Empty: the login shell. */
  shell: z.string().max(1024),
  revealSeconds: z.number().int().min(5).max(300),
  recordInput: z.boolean(),
  /** At the start: the clusters, terminals and screen that were open. */
  bringBack: z.boolean(),
  /** Kubeconfig files beside `KUBECONFIG` or `~/.kube/config`. */
  kubeconfigFiles: z.array(z.string().max(4096)).max(64),
});
export type Settings = z.infer<typeof settingsSchema>;

export const settingsCalls = {
  'settings.read': call<Settings>()(z.void(), ['gatehouse', 'player', 'policy', 'sign-in', 'approvals', 'secret']),
  /** The shell and what is recorded are asked about in a dialog of the system's. */
  'settings.write': call<Settings>()(settingsSchema.partial()),
} as const;

export const settingsEvents = {
  'settings.changed': event<Settings>(['gatehouse', 'approvals', 'secret']),
} as const;
