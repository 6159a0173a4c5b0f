/** An answer that is not the HTTP/1.1 that RFC 9112 describes. `flaw` is a phrase of ours and quotes none of its bytes. */
export class InvalidResponse extends Error {
  override readonly name = 'InvalidResponse';
  readonly code = 'INVALID_RESPONSE';
  readonly flaw: string;

  constructor(flaw: string) {
    super(`Invalid HTTP response: ${flaw}`);
    this.flaw = flaw;
  }
}
