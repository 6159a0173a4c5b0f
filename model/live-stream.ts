/** A stream that is open now, as screens and the command line show it. */
export interface LiveStream {
  /** The `auditId` of its journal records. */
  readonly auditId: string;
  readonly kind: 'exec' | 'attach' | 'portforward' | 'watch' | 'log';
  readonly principal: string;
  readonly session: string;
  readonly cluster: string;
  readonly namespace: string;
  /** `pods/web-0`, or the resource that is watched. */
  readonly target: string;
  readonly container: string | null;
  readonly command: readonly string[];
  readonly startedAt: string;
  readonly recorded: boolean;
}
