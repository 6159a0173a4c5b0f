/**
 * The home folder; empty where there is none: HOME is not set, and the user has no entry in passwd(5), as in a container
 * that runs as any user (OpenShift).
 */
export function homeOf(homedir: () => string): string {
  return orElse(homedir, '');
}

/** The name of the user, else its number as no name can be: passwd(5) has no colons in names. */
export function nameOf(userInfo: () => { readonly username: string }, uid: number | null): string {
  return orElse(() => userInfo().username, '') || (uid === null ? 'unknown' : `uid:${uid}`);
}

/** Node throws where the system has no answer. */
function orElse<Value>(ask: () => Value, otherwise: Value): Value {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
