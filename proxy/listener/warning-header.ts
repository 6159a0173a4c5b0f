/** Runes of one warning that kube-apiserver itself keeps (`apiserver/pkg/warning/context.go`). */
const LONGEST = 256;

/**
 * The value of a `Warning:` header that kubectl prints (RFC 7234 section 5.5, code 299; apimachinery
 * `pkg/util/net/http.go` reads it).
 */
export function warningHeader(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  const short = [...plain].slice(0, LONGEST).join('');
  return `299 gatehouse "${short.replace(/["\\]/g, '\\$&')}"`;
}
