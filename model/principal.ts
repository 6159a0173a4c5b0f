/** Where a client came from: one terminal of the app, a terminal outside it, the app's own screens, or a headless gateway. */
export type SessionKind = 'inAppTerminal' | 'outside' | 'app' | 'headless';

/** One client certificate stands for one session. */
export interface Session {
  readonly kind: SessionKind;
  /** The terminal's id, or an id of the launch for the other kinds. Letters, digits, `-` and `_`. */
  readonly id: string;
}

/** Who the gateway says the client is. Never taken from a header: only from the client certificate. */
export interface Principal {
  /** `local:<os user>` in solo mode; the OIDC subject in team mode. */
  readonly user: string;
  /** `gatehouse:local` in solo mode. */
  readonly groups: readonly string[];
  readonly session: Session;
}
