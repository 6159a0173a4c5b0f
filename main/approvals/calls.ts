import type { BrowserWindow } from 'electron';
import type { CallHandlers } from '../../preload/contract.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import { earlierApprovals } from './earlier-approvals.ts';
import type { ShownApprovals } from './shown-approvals.ts';

/** Records that are looked through for what was decided before. */
const EARLIER = 200;

/** Of the services, what these calls are answered with. */
export interface CalledApprovals {
  readonly principal: string;
  readonly gateway: Pick<GatewayService, 'call'>;
}

/** Where they are seen. */
export interface SeenApprovals {
  readonly window: () => Pick<BrowserWindow, 'isVisible' | 'isMinimized'> | null;
  readonly shownApprovals: Pick<ShownApprovals, 'told' | 'requireShown'>;
}

/** What waits for a person, and their vote: only on what has been before their eyes, and always in their own name. */
export function approvalsCalls(
  services: Promise<CalledApprovals>,
  { window, shownApprovals }: SeenApprovals,
): CallHandlers<'approvals'> {
  return {
    'approvals.list': async () => {
      const approvals = await (await services).gateway.call('approvals', undefined);
      shownApprovals.told(approvals);
      return approvals;
    },
    'approvals.earlier': async () => {
      const { gateway } = await services;
      const page = { limit: EARLIER, before: null };
      const [known, reviews, requests] = await Promise.all([
        gateway.call('approvals', undefined),
        gateway.call('journal', { filter: { types: ['approval'] }, ...page }),
        gateway.call('journal', { filter: { types: ['decided'], outcome: 'requireApproval' }, ...page }),
      ]);
      return earlierApprovals([...reviews, ...requests], new Set(known.map(({ id }) => id)));
    },
    'approvals.review': async (vote) => {
      const { gateway, principal } = await services;
      const shownIn = window();
      shownApprovals.requireShown(vote.id, shownIn?.isVisible() === true && !shownIn.isMinimized());
      return gateway.call('review', { ...vote, by: principal });
    },
  };
}
