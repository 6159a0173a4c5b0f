import type { ByteSink } from '../shell/byte-pipe.ts';
import type { JsonObject } from '../store/json.ts';

/** What a client asks of exec or attach. */
export interface CommandRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What comes from the client. */
export interface CommandListener {
  /** The connection reads on when the promise resolves. */
  stdin(bytes: Buffer): Promise<unknown>;
  stdinEnd(): void;
  /** The connection is gone, whoever ended it. */
  closed(): void;
}

/** The streams of exec or attach, whatever carries them. */
export interface CommandConnection {
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  listen(listener: CommandListener): void;
  /** Sends the Status that ends the session, and closes. */
  finish(status: JsonObject): void;
  /** Breaks off without a word. */
  cut(): void;
}
