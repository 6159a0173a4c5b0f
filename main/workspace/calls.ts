import type { CallHandlers } from '../../preload/contract.ts';
import type { Workspace } from './workspace.ts';

/** Of the services, what these calls are answered with. */
export interface CalledWorkspace {
  readonly workspace: Pick<Workspace, 'placeAtStart' | 'moved'>;
}

/** Where the page was, and where it is. */
export function workspaceCalls(services: Promise<CalledWorkspace>): CallHandlers<'workspace'> {
  return {
    'workspace.placeAtStart': async () => (await services).workspace.placeAtStart(),
    'workspace.moved': async (place) => (await services).workspace.moved(place),
  };
}
