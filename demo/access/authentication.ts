import type { TLSSocket } from 'node:tls';
import type { HeaderList } from '../../proxy/request/header-list.ts';
import { ApiError } from '../store/status.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import { anonymous, authenticated, type User } from './user.ts';

function certificateUser(socket: TLSSocket): User | null {
  const certificate = socket.getPeerCertificate();
  if (!certificate?.subject) return null;
  if (!socket.authorized) throw unauthorized();
  const { CN, O } = certificate.subject as { CN?: string | string[]; O?: string | string[] };
  const username = Array.isArray(CN) ? CN[0] : CN;
  return authenticated(username ?? '', O === undefined ? [] : Array.isArray(O) ? O : [O]);
}

function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

/**
 * Who calls: a valid client certificate first (the token beside it is not looked at), then a bearer token, then anonymous.
 * @throws {ApiError} 401 for a certificate or a token that is not known.
 */
export function authenticate(socket: TLSSocket, headers: HeaderList, tokens: ServiceAccountTokens): User {
  const fromCertificate = certificateUser(socket);
  if (fromCertificate) return fromCertificate;
  const token = /^bearer +(\S+)$/i.exec(headers.first('Authorization') ?? '')?.[1];
  if (token === undefined) return anonymous;
  const user = tokens.check(token);
  if (user) return user;
  throw unauthorized();
}
