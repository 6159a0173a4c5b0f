/**
 * Which of these media types an `Accept` header likes best (RFC 9110 section 12.5.1); the first where it likes none better.
 * Without parameters: a version that we do not speak is answered in ours, which says so.
 */
export function prefers<const Offered extends string>(
  accept: string,
  offered: readonly [Offered, ...Offered[]],
): Offered {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
  });
  const qualityOf = (type: string): number => {
    const [family] = type.split('/');
    const exact = ranges.find((range) => range.type === type);
    const wild = ranges.find((range) => range.type === `${family}/*`) ?? ranges.find((range) => range.type === '*/*');
    return (exact ?? wild)?.quality ?? 0;
  };
  return offered.reduce((best, type) => (qualityOf(type) > qualityOf(best) ? type : best));
}
