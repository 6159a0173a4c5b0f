import type { z } from 'zod';
import {
  type Channel,
  type HostAnswer,
  type HostArgument,
  type HostCallName,
  HostError,
  type HostEventName,
  type HostPayload,
  type HostProtocol,
  requestEnvelope,
} from './protocol.ts';

export type HostHandlers<Protocol extends HostProtocol> = {
  readonly [Name in HostCallName<Protocol>]: (
    argument: HostArgument<Protocol, Name>,
    ports: readonly unknown[],
  ) => HostAnswer<Protocol, Name> | Promise<HostAnswer<Protocol, Name>>;
};

export type HostEmit<Protocol extends HostProtocol> = <Name extends HostEventName<Protocol>>(
  name: Name,
  payload: HostPayload<Protocol, Name>,
) => void;

/** The utility process's side of a protocol: answers main's calls, and returns the function that tells main of events. */
export function serveHost<const Protocol extends HostProtocol>(
  protocol: Protocol,
  channel: Channel,
  handlersFor: (emit: HostEmit<Protocol>) => HostHandlers<Protocol>,
): void {
  const handlers = handlersFor((event, payload) => channel.post({ event, payload })) as Record<
    string,
    (argument: unknown, ports: readonly unknown[]) => unknown
  >;

  async function run(name: string, argument: unknown, ports: readonly unknown[]): Promise<unknown> {
    const call = Object.hasOwn(protocol.calls, name) ? protocol.calls[name] : undefined;
    const handler = handlers[name];
    if (!call || !handler) throw new HostError('call-unknown', `${protocol.name} has no call "${name}"`);
    return handler(checked(call.argument, argument, `${protocol.name} ${name}`), ports);
  }

  channel.onMessage((message, ports) => {
    const request = requestEnvelope.safeParse(message);
    if (!request.success) return;
    const { call, name, argument } = request.data;
    run(name, argument, ports).then(
      (answer) => channel.post({ call, answer }),
      (error: unknown) => channel.post({ call, error: describeError(error) }),
    );
  });
}

/** The parsed value. @throws {HostError} `message-malformed`, naming the field. */
export function checked(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new HostError(
    'message-malformed',
    `${what}: ${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'malformed'}`,
  );
}

/** What may be told about an error: its code, its message, and for errors without a code the place that threw it. */
export function describeError(error: unknown): { code: string; message: string; details: string } {
  if (error instanceof HostError) return { code: error.code, message: error.message, details: error.details };
  if (!(error instanceof Error)) return { code: 'internal-error', message: String(error), details: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal-error';
  return { code, message: error.message, details: code === 'internal-error' ? (error.stack ?? '') : '' };
}
