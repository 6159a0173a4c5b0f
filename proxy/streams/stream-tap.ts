/** What a stream's recorder is told, as the client gets it: values that this gateway has seen are gone already. */
export interface StreamTap {
  output(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  /** What the client sent to the command. */
  input(bytes: Buffer): void;
  resize(columns: number, rows: number): void;
  /** A connection of a port-forward. */
  connection(event: ConnectionEvent): void;
  /** Bytes of one connection of a port-forward. */
  data(connection: number, direction: 'in' | 'out', bytes: Buffer): void;
}

export type ConnectionEvent =
  | { readonly event: 'open'; readonly connection: number; readonly port: number }
  | {
      readonly event: 'close';
      readonly connection: number;
      readonly port: number;
      readonly bytesIn: number;
      readonly bytesOut: number;
      /** What the cluster said on the error stream; null: nothing. */
      readonly error: string | null;
    };

export const NO_TAP: StreamTap = {
  output: () => undefined,
  input: () => undefined,
  resize: () => undefined,
  connection: () => undefined,
  data: () => undefined,
};
