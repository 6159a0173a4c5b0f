/**
 * What a process says of itself at a gateway's control socket. Nothing vouches for it: whoever may vote there can say
 * anything here.
 */
export interface CallerClaims {
  readonly pid?: number;
  /** `SUDO_USER` and `SUDO_UID`: who ran sudo. */
  readonly sudoUser?: string;
  readonly sudoUid?: number;
  /** The user id of the login, which stays through sudo and su: `/proc/self/loginuid`. */
  readonly loginUid?: number;
}

/** Who was at the other end of a control socket. What is proved and what is only said are never merged. */
export interface Caller {
  /** The user id that the kernel gave to the proof; null where none could be made. */
  readonly uid: number | null;
  /** Why there is no proof, where there is none. */
  readonly unproven?: string;
  readonly claims: CallerClaims;
}

/** Whose word something is. */
export interface Author {
  /** `local:<os user>`, made of what is proved alone; {@link UNPROVEN} where nothing is. */
  readonly by: string;
  /** Of a word that came over a control socket. */
  readonly caller?: Caller;
}

/** The author of what was closed by somebody of whom nothing could be proved. No user has this name: theirs begin `local:`. */
export const UNPROVEN = 'somebody unproven';

/** What a caller said of themselves, but for their process; nothing where that is nothing. For events that name the author. */
export function claimsOf(caller: Caller | undefined): { readonly claims?: Omit<CallerClaims, 'pid'> } {
  const { pid: _, ...claims } = caller?.claims ?? {};
  return Object.keys(claims).length === 0 ? {} : { claims };
}

/** `local:root, through sudo by alice (claimed)`. */
export function authorInWords({ by, caller }: { readonly by: string; readonly caller?: Caller | undefined }): string {
  if (caller === undefined) return by;
  const { uid, unproven, claims } = caller;
  const { sudoUser, sudoUid, loginUid } = claims;
  const says = [
    ...(sudoUser === undefined ? [] : [`through sudo by ${sudoUser}`]),
    ...(loginUid === undefined || loginUid === uid || loginUid === sudoUid ? [] : [`logged in as uid ${loginUid}`]),
  ];
  const why = unproven === undefined ? '' : ` (${unproven})`;
  return `${by}${why}${says.length === 0 ? '' : `, ${says.join(', ')} (claimed)`}`;
}
