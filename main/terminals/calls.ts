import type { CallHandlers } from '../../preload/contract.ts';
import type { Terminals } from './terminals.ts';

/** Of the services, what these calls are answered with. */
export interface CalledTerminals {
  readonly terminals: Pick<Terminals, 'entries' | 'open' | 'foreground' | 'close' | 'restart' | 'setNamespace'>;
}

/** Each is one step into {@link Terminals}; the bytes of a terminal go another way. */
export function terminalsCalls(services: Promise<CalledTerminals>): CallHandlers<'terminals'> {
  return {
    'terminals.list': async () => (await services).terminals.entries(),
    'terminals.open': async (request) => (await services).terminals.open(request),
    'terminals.foreground': async (id) => (await services).terminals.foreground(id),
    'terminals.close': async (id) => (await services).terminals.close(id),
    'terminals.restart': async (id) => (await services).terminals.restart(id),
    'terminals.setNamespace': async ({ id, namespace }) => (await services).terminals.setNamespace(id, namespace),
  };
}
