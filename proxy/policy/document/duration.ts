/** Milliseconds of `1h30m`, `15m`, `90s`; the document's schema has checked the form. */
export function milliseconds(duration: string): number {
  const { h = '0', m = '0', s = '0' } = /^(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?$/.exec(duration)?.groups ?? {};
  return ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000;
}
