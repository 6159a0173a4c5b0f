import { request } from 'node:https';
import { z } from 'zod';

/** Why a provider gave no tokens, to follow its name. Quotes no token and no secret. */
export class OidcError extends Error {
  override readonly name = 'OidcError';
}

/** What a refresh needs. */
export interface OidcClient {
  /** An https URL. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** PEM of the authority behind the provider's certificate; null for those that everybody trusts. */
  readonly authority: string | null;
}

export interface OidcTokens {
  readonly idToken: string;
  /** Null where the provider gave no other than it was asked with. */
  readonly refreshToken: string | null;
}

/** Milliseconds: client-go counts a token as expired this much earlier (`plugin/pkg/client/auth/oidc`). */
const EXPIRY_MARGIN = 10_000;
const TIME_LIMIT = 10_000;
const ANSWER_LIMIT = 1024 * 1024;

const claims = z.object({ exp: z.coerce.number() });
const discovery = z.object({ token_endpoint: z.string().min(1) });
const granted = z.object({ id_token: z.string().min(1), refresh_token: z.string().nullish() });
const refused = z.object({ error: z.string(), error_description: z.string().nullish() });

/**
 * When an ID token is to be replaced, in milliseconds since the epoch. Its signature is the API server's to check.
 * @throws {OidcError} where it is no JSON Web Token
 */
export function freshUntil(idToken: string): number {
  const parts = idToken.split('.');
  const payload = parts[1];
  if (parts.length !== 3 || payload === undefined) throw new OidcError('the id-token is not a JSON Web Token');
  try {
    const { exp } = claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return Math.trunc(exp) * 1000 - EXPIRY_MARGIN;
  } catch {
    throw new OidcError('the id-token is not a JSON Web Token that says when it expires');
  }
}

/**
 * New tokens for a refresh token: discovery (OpenID Connect Discovery 1.0, 4), then the token endpoint (RFC 6749, 6). The
 * client signs in by Basic authentication, or else in the body, whichever the provider takes.
 * @throws {OidcError}
 */
export async function refreshTokens(client: OidcClient, refreshToken: string): Promise<OidcTokens> {
  const place = `${client.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = await ask(client, place, null);
  if (found.status !== 200) throw new OidcError(`answered ${found.status} to the question for its configuration`);
  const endpoint = read(discovery, found.text)?.token_endpoint;
  if (endpoint === undefined) throw new OidcError('names no token_endpoint in its configuration');
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const { clientId, clientSecret } = client;
  const inBody = { ...form, client_id: clientId, ...(clientSecret === null ? {} : { client_secret: clientSecret }) };
  const basic = `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(clientSecret ?? '')}`).toString('base64')}`;
  const ways = [
    { form, authorization: basic },
    { form: inBody, authorization: null },
  ];
  // A client without a secret has nothing to sign in with.
  if (clientSecret === null) ways.reverse();
  let answer: Answer | null = null;
  for (const way of ways) {
    answer = await ask(client, endpoint, way);
    // Providers name an unknown way to sign in as they like; but a token that is refused is refused either way.
    if (answer.status === 200 || read(refused, answer.text)?.error === 'invalid_grant') break;
  }
  return tokensIn(answer);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function tokensIn(answer: Answer | null): OidcTokens {
  if (answer?.status !== 200) {
    const said = read(refused, answer?.text ?? '');
    const why = said === null ? `status ${answer?.status}` : `${said.error} ${said.error_description ?? ''}`.trim();
    throw new OidcError(`refused to refresh the tokens (${why.slice(0, 200)}); sign in again`);
  }
  const tokens = read(granted, answer.text);
  if (tokens === null) {
    throw new OidcError('gave no id_token for the refresh-token; sign in again, with the scope openid');
  }
  return { idToken: tokens.id_token, refreshToken: tokens.refresh_token || null };
}

function read<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** RFC 6749, 2.3.1: as in a form, before they are joined. */
function encoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/** One exchange over verified TLS. Redirects are not followed: they could lead the secret elsewhere. */
function ask(
  { authority }: OidcClient,
  place: string,
  post: { readonly form: Record<string, string>; readonly authorization: string | null } | null,
): Promise<Answer> {
  if (!URL.canParse(place) || new URL(place).protocol !== 'https:') {
    throw new OidcError('has an address that does not start with https://');
  }
  const body = post === null ? '' : new URLSearchParams(post.form).toString();
  return new Promise((resolve, reject) => {
    const asking = request(
      place,
      {
        method: post === null ? 'GET' : 'POST',
        // Nothing of it is used again within minutes.
        agent: false,
        ...(authority === null ? {} : { ca: authority }),
        signal: AbortSignal.timeout(TIME_LIMIT),
        headers: {
          accept: 'application/json',
          ...(post === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(post?.authorization ? { authorization: post.authorization } : {}),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > ANSWER_LIMIT) asking.destroy(new Error('too long an answer'));
          else chunks.push(chunk);
        });
        answer.once('end', () => {
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
        answer.once('error', fail);
      },
    );
    function fail(error: NodeJS.ErrnoException): void {
      reject(new OidcError(`cannot be asked (${error.code ?? error.message})`));
    }
    asking.once('error', fail);
    asking.end(body);
  });
}
