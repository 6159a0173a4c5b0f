/**
 * What runs inside a stream, whatever carries it: the standard streams of a command, or the two directions of a
 * forwarded connection.
 */
export interface Flow {
  readonly name: 'stdin' | 'stdout' | 'stderr' | 'error' | 'resize' | 'data' | 'port-error';
  /** Which of a port-forward's connections; 0 for a command. */
  readonly connection: number;
}

/** The standard streams of a command, in the order of their channels over WebSocket. */
export const COMMAND_FLOWS: readonly Flow['name'][] = ['stdin', 'stdout', 'stderr', 'error', 'resize'];

/** Flows to the client in which values are looked for. */
export const CHANGED_FLOWS: ReadonlySet<Flow['name']> = new Set(['stdout', 'stderr', 'data']);

/** What becomes of the bytes of flows. The transports (`websocket/`, `spdy/`) cut them out of their frames. */
export interface StreamFlows {
  /**
   * The bytes that go to the client may have to be changed from now on. Asked at the beginning of each frame, because a
   * frame that has begun to pass unchanged must end so.
   */
  mayChange(): boolean;
  /** A connection of a port-forward was opened. */
  opened(connection: number, port: number): void;
  /** Bytes from the client; they are never changed. */
  fromClient(flow: Flow, bytes: Buffer): void;
  /** Bytes to the client that pass unchanged. */
  passed(flow: Flow, bytes: Buffer): void;
  /** @returns what goes to the client instead; `bytes` itself, the same object, where nothing was changed. */
  changed(flow: Flow, bytes: Buffer): Buffer;
  /** Flows of which bytes are held back. */
  held(): readonly Flow[];
  /** @returns what was held back. */
  release(flow: Flow): Buffer;
  /** One direction of a flow is over. */
  ended(flow: Flow, side: 'client' | 'upstream'): void;
}
