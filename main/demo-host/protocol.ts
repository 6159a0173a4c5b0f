import { z } from 'zod';
import type { HostProtocol } from '../hosts/protocol.ts';

export const demoProtocol = {
  name: 'demo cluster',
  calls: {
    /** Starts the demo cluster; its kubeconfig is written into `folder`. */
    start: {
      argument: z.object({ folder: z.string() }),
      answer: z.object({ kubeconfig: z.string(), context: z.string() }),
    },
    stop: { argument: z.void(), answer: z.void() },
  },
  events: {},
} as const satisfies HostProtocol;
export type DemoProtocol = typeof demoProtocol;
