import { z } from 'zod';
import type { LiveStream } from '../../model/live-stream.ts';
import { byHand, call, event } from './call.ts';
import { comment, identifier } from './words.ts';

export const streamsCalls = {
  /** Exec, attach and port-forward that are open now; the oldest first. */
  'streams.list': call<readonly LiveStream[]>()(z.void()),
  /** Its client prints who ended it and why. False: it had ended already. */
  'streams.end': byHand<boolean>()(z.object({ auditId: identifier, comment })),
} as const;

export const streamsEvents = {
  'streams.changed': event<readonly LiveStream[]>(),
} as const;
