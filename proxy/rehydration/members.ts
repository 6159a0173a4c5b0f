import { holdsToken } from '../masking/tokens/mask-text.ts';
import { isJsonObject, type JsonObject } from '../request/json-value.ts';
import type { Source } from './source.ts';

/** A member of an object, under the key that the client sees and the one that it is. */
export interface Member extends Source {
  readonly key: string;
  readonly plainKey: string;
}

/** The members of an object. Masking changes keys and leaves their order, so a masked key is known by its place. */
export function* membersOf({ masked, plain }: { masked: JsonObject; plain: JsonObject }): Generator<Member> {
  let plainKeys: readonly string[] | null = null;
  let place = 0;
  for (const [key, shown] of masked) {
    let plainKey = key;
    if (!plain.has(key) && holdsToken(key)) {
      plainKeys ??= masked.size === plain.size ? [...plain.keys()] : [];
      plainKey = plainKeys[place] ?? key;
    }
    yield { key, plainKey, masked: shown, plain: plain.get(plainKey) ?? null };
    place += 1;
  }
}

/** The members that the client sees under a masked key. */
export function membersShownAs(sources: readonly Source[], key: string): Member[] {
  return sources.flatMap(({ masked, plain }) => {
    if (!isJsonObject(masked) || !isJsonObject(plain) || !masked.has(key)) return [];
    return [...membersOf({ masked, plain })].filter((member) => member.key === key && member.plainKey !== key);
  });
}
