import semver from 'semver';

/**
 * What a registry knows of a release.
 * @typedef {{ version: string, engines?: Readonly<Record<string, string>> }} Release
 */
/**
 * Why versions stay out although their `engines` admit them: those inside `within` are taken.
 * @typedef {{ within: string, why: string }} Hold
 */
/**
 * `newest` is the newest release, `reachable` the newest that can be moved to now; null: none.
 * @typedef {{ newest: string, reachable: string | null, why: string }} Behind
 */

/**
 * Whether a release may run on a runtime, as far as it says.
 * @param {Release} release
 * @param {string} runtime a version of Node
 */
export function admits({ engines }, runtime) {
  return engines?.['node'] === undefined || semver.satisfies(runtime, engines['node']);
}

/**
 * Says how far a dependency is behind, and why.
 * @param {string} current
 * @param {readonly Release[]} releases in any order; older ones and pre-releases are left out
 * @param {string} runtime the oldest Node that it runs on
 * @param {Hold} [hold]
 * @returns {Behind | null} null when there is none newer
 */
export function howFarBehind(current, releases, runtime, hold) {
  const newer = releases
    .filter(({ version }) => semver.prerelease(version) === null && semver.gt(version, current))
    .sort((one, other) => semver.rcompare(one.version, other.version));
  const [newest] = newer;
  if (!newest) return null;
  const admitted = newer.filter((release) => admits(release, runtime));
  const reachable = admitted.find(({ version }) => !hold || semver.satisfies(version, hold.within))?.version ?? null;
  const why = [];
  if (!admits(newest, runtime)) why.push(`asks for Node ${newest.engines?.['node']}, runs on ${runtime}`);
  if (hold && !semver.satisfies(newest.version, hold.within)) why.push(hold.why);
  return { newest: newest.version, reachable, why: why.join('; ') };
}
