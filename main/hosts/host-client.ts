import { checked } from './host-server.ts';
import {
  type Channel,
  type HostAnswer,
  type HostArgument,
  type HostCallName,
  HostError,
  type HostEventName,
  type HostPayload,
  type HostProtocol,
  replyEnvelope,
} from './protocol.ts';

interface Waiting {
  readonly name: string;
  resolve(answer: unknown): void;
  reject(error: HostError): void;
}

/** main's side of a protocol, for one run of the utility process. */
export class HostClient<const Protocol extends HostProtocol> {
  readonly #protocol: Protocol;
  readonly #channel: Channel;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (payload: never) => void>();
  #next = 1;
  #gone: HostError | null = null;

  constructor(protocol: Protocol, channel: Channel) {
    this.#protocol = protocol;
    this.#channel = channel;
    channel.onMessage((message) => this.#receive(message));
  }

  /** @throws {HostError} with the host's code, or `host-gone` when the process ended before it answered. */
  call<Name extends HostCallName<Protocol>>(
    name: Name,
    argument: HostArgument<Protocol, Name>,
    ports: readonly unknown[] = [],
  ): Promise<HostAnswer<Protocol, Name>> {
    if (this.#gone) return Promise.reject(this.#gone);
    const call = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(call, { name, resolve, reject }));
    this.#channel.post({ call, name, argument }, ports);
    return answer as Promise<HostAnswer<Protocol, Name>>;
  }

  on<Name extends HostEventName<Protocol>>(name: Name, listener: (payload: HostPayload<Protocol, Name>) => void): void {
    this.#listeners.set(name, listener);
  }

  /** The process is gone: every call that still waits ends, and so does every later one. */
  end(reason: string): void {
    this.#gone = new HostError('host-gone', reason);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#gone);
    this.#waiting.clear();
  }

  #receive(message: unknown): void {
    const reply = replyEnvelope.safeParse(message);
    if (!reply.success) return;
    if ('event' in reply.data) {
      const schema = this.#protocol.events[reply.data.event];
      const payload = schema?.safeParse(reply.data.payload);
      if (payload?.success) this.#listeners.get(reply.data.event)?.(payload.data as never);
      return;
    }
    const waiting = this.#waiting.get(reply.data.call);
    if (!waiting) return;
    this.#waiting.delete(reply.data.call);
    if ('error' in reply.data) {
      const { code, message: text, details } = reply.data.error;
      waiting.reject(new HostError(code, text, details));
      return;
    }
    try {
      const schema = this.#protocol.calls[waiting.name]?.answer;
      if (schema)
        waiting.resolve(checked(schema, reply.data.answer, `answer of ${this.#protocol.name} ${waiting.name}`));
    } catch (error) {
      waiting.reject(error as HostError);
    }
  }
}
