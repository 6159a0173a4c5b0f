/** A proxy does not lead to the API server. `why` is for people, and holds no credential. */
export class ProxyTrouble extends Error {
  override readonly name = 'ProxyTrouble';
  readonly why: string;

  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.why = why;
  }
}
