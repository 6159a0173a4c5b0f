import { oneLine } from '../one-line.ts';
import type { HeaderLine } from './exchange.ts';

/** Runes of one warning that kube-apiserver itself keeps (`apiserver/pkg/endpoints/filters/warning.go`). */
const LONGEST = 256;
/** Bytes of text that all warnings of an answer come to there; what goes beyond is left out. */
const LONGEST_TOGETHER = 4096;

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

/**
 * The gateway's own warnings as header lines to send behind an answer's headers. The cluster's warnings among those are
 * never replaced: they count against what all may come to together, and a text is not said twice.
 */
export function warningLines(texts: readonly string[], headers: readonly HeaderLine[]): HeaderLine[] {
  const said = new Set(headers.filter(([name]) => name.toLowerCase() === 'warning').map(([, value]) => value));
  let bytes = 0;
  for (const value of said) bytes += value.length;
  const lines: HeaderLine[] = [];
  for (const text of texts) {
    const value = warningHeader(text);
    if (said.has(value) || bytes + value.length > LONGEST_TOGETHER) continue;
    said.add(value);
    bytes += value.length;
    lines.push(['Warning', value]);
  }
  return lines;
}
