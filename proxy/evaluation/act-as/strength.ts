import type { GainedIdentity } from '../../../model/gained-identity.ts';
import type { Sight } from '../look/sight.ts';
import type { Gained } from './service-account.ts';

/**
 * The identities with their strength. Where the API server does not tell, an account counts as strong, `default` apart:
 * that is nobody in particular, so it counts only when it is strong. Where it does not answer in time, `default` too.
 */
export async function withStrength(
  gained: readonly Gained[],
  strengthOf: Sight['strengthOf'],
): Promise<GainedIdentity[]> {
  const judged = await Promise.all(
    gained.map(async ({ account, ...identity }): Promise<GainedIdentity | null> => {
      if (account === null) return { ...identity, strong: true };
      const strong = await strengthOf(account);
      const isAsked = strong === 'yes' || strong === 'no-answer';
      if (account.name === 'default') return isAsked ? { ...identity, strong: true } : null;
      return { ...identity, strong: strong !== 'no' };
    }),
  );
  return judged.filter((identity) => identity !== null);
}
