import { createHash, generateKeyPairSync, randomUUID, sign, timingSafeEqual, verify } from 'node:crypto';
import type { ClusterObjects } from '../store/cluster-objects.ts';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
  textsAt,
  uidOf,
} from '../store/json.ts';
import { readServiceAccount, serviceAccountUser, type User } from './user.ts';

/** The audience of the API server itself, and who issues its tokens. */
export const apiAudience = 'https://kubernetes.default.svc';

/** What a token is to be good for. */
export interface TokenOrder {
  readonly account: JsonObject;
  readonly audiences: readonly string[];
  readonly seconds: number;
  /** The pod or Secret with which the token ends, or null. */
  readonly bound: JsonObject | null;
}

/** A token and when it expires. */
export interface IssuedToken {
  readonly token: string;
  readonly expires: Date;
}

const header = { alg: 'ES256' };

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length > 0 && left.length === right.length && timingSafeEqual(left, right);
}

function decoded(part: string): Json {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Json;
  } catch {
    return null;
  }
}

/**
 * The tokens of service accounts: those that TokenRequest issues, signed with a key that lives as long as the cluster, and
 * those of the older kind that a Secret keeps.
 */
export class ServiceAccountTokens {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  readonly #keyId = createHash('sha256')
    .update(this.#keys.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  readonly #objects: ClusterObjects;

  constructor(objects: ClusterObjects) {
    this.#objects = objects;
  }

  issue({ account, audiences, seconds, bound }: TokenOrder): IssuedToken {
    const now = Math.floor(Date.now() / 1000);
    const reference = (object: JsonObject) => ({ name: nameOf(object), uid: uidOf(object) });
    const claims = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: apiAudience,
      jti: randomUUID(),
      'kubernetes.io': {
        namespace: namespaceOf(account),
        ...(bound ? { [textAt(bound, 'kind').toLowerCase()]: reference(bound) } : {}),
        serviceaccount: reference(account),
      },
      nbf: now,
      sub: `system:serviceaccount:${namespaceOf(account)}:${nameOf(account)}`,
    };
    const signed = `${encoded({ ...header, kid: this.#keyId })}.${encoded(claims)}`;
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    const signature = sign('sha256', Buffer.from(signed), key).toString('base64url');
    return { token: `${signed}.${signature}`, expires: new Date((now + seconds) * 1000) };
  }

  /** Whom a token stands for; null when it is not ours, has expired, is for others, or what it hangs on is gone. */
  check(token: string): User | null {
    return this.#kept(token) ?? this.#issued(token);
  }

  /** A token without an end that a Secret keeps: good as long as the Secret and the account are there. */
  #kept(token: string): User | null {
    const secret = this.#objects.list('Secret').find((each) => {
      const value = Buffer.from(textAt(each, 'data', 'token'), 'base64');
      return each['type'] === 'kubernetes.io/service-account-token' && sameBytes(value, Buffer.from(token));
    });
    if (!secret) return null;
    const namespace = namespaceOf(secret);
    const name = textAt(secret, 'metadata', 'annotations', 'kubernetes.io/service-account.name');
    const account = this.#objects.find('ServiceAccount', namespace, name);
    return account ? serviceAccountUser(namespace, name, uidOf(account)) : null;
  }

  #issued(token: string): User | null {
    const [head = '', body = '', signature = '', ...rest] = token.split('.');
    const key = { key: this.#keys.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const genuine =
      rest.length === 0 && verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    if (!genuine) return null;
    const claims = decoded(body);
    if (!isJsonObject(claims) || numberAt(claims, 0, 'exp') * 1000 <= Date.now()) return null;
    if (!textsAt(claims, 'aud').includes(apiAudience)) return null;
    const account = readServiceAccount(textAt(claims, 'sub'));
    const uid = textAt(claims, 'kubernetes.io', 'serviceaccount', 'uid');
    if (!account || !this.#stands('ServiceAccount', account.namespace, account.name, uid)) return null;
    const extra: Record<string, string[]> = {
      'authentication.kubernetes.io/credential-id': [`JTI=${textAt(claims, 'jti')}`],
    };
    for (const kind of ['Pod', 'Secret']) {
      const at = ['kubernetes.io', kind.toLowerCase()];
      const [name, boundUid] = [textAt(claims, ...at, 'name'), textAt(claims, ...at, 'uid')];
      if (name === '') continue;
      if (!this.#stands(kind, account.namespace, name, boundUid)) return null;
      if (kind !== 'Pod') continue;
      extra['authentication.kubernetes.io/pod-name'] = [name];
      extra['authentication.kubernetes.io/pod-uid'] = [boundUid];
    }
    return { ...serviceAccountUser(account.namespace, account.name, uid), extra };
  }

  /** Whether the very object is still there, not one of the same name. */
  #stands(kind: string, namespace: string, name: string, uid: string): boolean {
    const object = this.#objects.find(kind, namespace, name);
    return object !== undefined && uidOf(object) === uid;
  }
}
