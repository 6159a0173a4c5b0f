/** What the tests use of it; it has no types of its own. */
declare module 'oidc-provider' {
  interface Saved {
    save(): Promise<string>;
  }
  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: unknown, answer: unknown) => void;
    readonly Client: { find(id: string): Promise<object | undefined> };
    readonly Grant: new (
      fields: object,
    ) => Saved & { addOIDCScope(scope: string): void };
    readonly RefreshToken: new (
      fields: object,
    ) => Saved;
  }
}
