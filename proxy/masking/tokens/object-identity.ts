/** Which object a value belongs to. */
export interface ObjectIdentity {
  readonly namespace: string;
  readonly name: string;
}
