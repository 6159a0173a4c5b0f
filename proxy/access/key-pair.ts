/** PEM texts. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}
