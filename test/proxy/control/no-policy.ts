import type { Gateway } from '../../../proxy/gateway-door.ts';

/** Of a gateway whose policy nobody asks about. */
export const NO_POLICY: Pick<Gateway, 'policy' | 'waitingPolicy' | 'acceptPolicy'> = {
  policy: () => ({
    ...{ status: 'none', folder: '', digest: '', loadedAt: '', policies: [], problems: [] },
    ...{ warnings: [], waiting: null, notices: [] },
  }),
  waitingPolicy: () => null,
  acceptPolicy: () => Promise.reject(new Error('nothing waits')),
};
