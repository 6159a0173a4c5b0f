import type { BrowserWindow } from 'electron';
import type { CallHandlers } from '../../preload/contract.ts';
import type { Caller } from '../caller.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import { HostError } from '../hosts/protocol.ts';
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
  readonly shownApprovals: Pick<ShownApprovals, 'shows' | 'requireShown'>;
}

/**
 * What waits for a person, and their vote: only on what that very frame has had before their eyes, and always in their own
 * name. The document of a Secret decides on reveals alone, which it shows beside the key that they are about.
 */
export function approvalsCalls(
  services: Promise<CalledApprovals>,
  { window, shownApprovals }: SeenApprovals,
): CallHandlers<'approvals', Caller> {
  return {
    'approvals.list': async () => (await services).gateway.call('approvals', undefined),
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
    'approvals.shows': (id, { frame }) => shownApprovals.shows(frame, id),
    'approvals.review': async (vote, { document, frame }) => {
      const { gateway, principal } = await services;
      const shownIn = window();
      shownApprovals.requireShown(frame, vote.id, shownIn?.isVisible() === true && !shownIn.isMinimized());
      if (document === 'secret') await requireReveal(gateway, vote.id);
      return gateway.call('review', { ...vote, by: principal });
    },
  };
}

async function requireReveal(gateway: CalledApprovals['gateway'], id: string): Promise<void> {
  const approvals = await gateway.call('approvals', undefined);
  const reveals = approvals.find((approval) => approval.id === id)?.intent.request.revealKey !== undefined;
  if (!reveals) throw new HostError('sender-refused', 'This document decides on reveals alone');
}
