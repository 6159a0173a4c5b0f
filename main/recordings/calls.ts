import type { WebContents } from 'electron';
import type { CallHandlers } from '../../preload/contract.ts';
import type { Recordings } from './recordings.ts';

/** Of the services, what these calls are answered with. */
export interface CalledRecordings {
  readonly recordings: Pick<Recordings, 'list' | 'read' | 'play' | 'export' | 'requireOwn'>;
}

/** The player's windows make these calls too: each reads and exports the recording that it was opened for. */
export function recordingsCalls(
  services: Promise<CalledRecordings>,
): CallHandlers<'recordings', { readonly sender: WebContents }> {
  return {
    'recordings.list': async () => (await services).recordings.list(),
    'recordings.read': async (id, { sender }) => {
      const { recordings } = await services;
      recordings.requireOwn(id, sender);
      return recordings.read(id);
    },
    'recordings.play': async (id) => (await services).recordings.play(id),
    'recordings.export': async (id, { sender }) => {
      const { recordings } = await services;
      recordings.requireOwn(id, sender);
      await recordings.export(id, sender);
    },
  };
}
