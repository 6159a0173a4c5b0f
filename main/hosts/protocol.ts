import { z } from 'zod';

/**
 * What main and one of its utility processes say to each other. One value per host (`<host>/protocol.ts`) types both
 * sides, and both sides check what arrives against it.
 */
export interface HostProtocol {
  /** The utility process's name in the system's process list and in our logs. */
  readonly name: string;
  readonly calls: Readonly<Record<string, HostCall>>;
  readonly events: Readonly<Record<string, z.ZodType>>;
}

export interface HostCall {
  readonly argument: z.ZodType;
  readonly answer: z.ZodType;
}

export type HostCallName<Protocol extends HostProtocol> = keyof Protocol['calls'] & string;
export type HostEventName<Protocol extends HostProtocol> = keyof Protocol['events'] & string;
export type HostArgument<Protocol extends HostProtocol, Name extends HostCallName<Protocol>> = z.output<
  Protocol['calls'][Name]['argument']
>;
export type HostAnswer<Protocol extends HostProtocol, Name extends HostCallName<Protocol>> = z.output<
  Protocol['calls'][Name]['answer']
>;
export type HostPayload<Protocol extends HostProtocol, Name extends HostEventName<Protocol>> = z.output<
  Protocol['events'][Name]
>;

/** The two ends of a line between processes: Electron's parent port and child, or a `MessagePort` in tests. */
export interface Channel {
  post(message: unknown, ports?: readonly unknown[]): void;
  onMessage(listener: (message: unknown, ports: readonly unknown[]) => void): void;
}

/** Carries its code across processes; `details` are lines for "Copy details" and hold no secret. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: string;
  readonly details: string;

  constructor(code: string, message: string, details = '') {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** main -> host. */
export const requestEnvelope = z.object({ call: z.number().int(), name: z.string(), argument: z.unknown() });

/** host -> main. */
export const replyEnvelope = z.union([
  z.object({ call: z.number().int(), answer: z.unknown() }),
  z.object({
    call: z.number().int(),
    error: z.object({ code: z.string(), message: z.string(), details: z.string() }),
  }),
  z.object({ event: z.string(), payload: z.unknown() }),
]);

/** A shape that `proxy/` defines as a type: that it is an object is checked, the type is proxy's own. */
export function objectOf<Shape extends object>(): z.ZodType<Shape, Shape> {
  return z.custom<Shape>((value) => typeof value === 'object' && value !== null);
}
