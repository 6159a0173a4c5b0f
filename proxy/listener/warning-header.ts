import { oneLine } from '../one-line.ts';

/** Runes of one warning that kube-apiserver itself keeps (`apiserver/pkg/warning/context.go`). */
const LONGEST = 256;

/**
 * The value of a `Warning:` header that kubectl prints (RFC 7234 section 5.5, code 299; apimachinery
 * `pkg/util/net/http.go` reads it). Text beyond ASCII is UTF-8, as the Latin-1 characters that Node writes one byte each.
 */
export function warningHeader(text: string): string {
  const runes = [...oneLine(text).trim()];
  const short = runes.length > LONGEST ? [...runes.slice(0, LONGEST - 1), '…'] : runes;
  const escaped = short.join('').replace(/["\\]/g, '\\$&');
  return `299 gatehouse "${Buffer.from(escaped, 'utf8').toString('latin1')}"`;
}
